"""So many in so much time, whoever asks: counted in this process's memory, so that nothing is kept of anybody."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class Limit:
    most: int
    within: timedelta
    _times: deque[datetime] = field(default_factory=deque)

    def allows(self, now: datetime) -> bool:
        """Counts this one too, if it is allowed."""
        while self._times and self._times[0] <= now - self.within:
            self._times.popleft()
        if len(self._times) >= self.most:
            return False
        self._times.append(now)
        return True
