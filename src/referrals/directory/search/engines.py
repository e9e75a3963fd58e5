"""Which engine answers: the one in our own process, or Meilisearch where a deployment names one."""

from typing import Protocol

from referrals.directory.search.embedded import Embedded
from referrals.directory.search.meilisearch import Meilisearch
from referrals.directory.search.port import ServiceIndex, ServiceSearch
from referrals.kit.settings import Settings


class Engine(ServiceSearch, ServiceIndex, Protocol): ...


def searching(settings: Settings) -> ServiceSearch:
    """For pages: its key may search and nothing else."""
    return _engine(settings, settings.meilisearch_search_key or settings.meilisearch_key)


def writing(settings: Settings) -> ServiceIndex:
    """For the worker, the only one that writes."""
    return _engine(settings, settings.meilisearch_key)


def _engine(settings: Settings, key: str | None) -> Engine:
    if settings.meilisearch_url:
        return Meilisearch(settings.meilisearch_url, key, name=settings.meilisearch_index)
    return Embedded(settings.search_home)
