"""A person without JavaScript, for tests: opens pages, fills the forms that are there, presses the button."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

import httpx


@dataclass
class FoundForm:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """The forms, and the words, of a page."""

    VOID = ("script", "style", "template")

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self._form: FoundForm | None = None
        self._select: str | None = None
        self._first_option: str | None = None
        self._chosen = False
        self._area: str | None = None
        self._href: str | None = None
        self._silent = 0
        self._button: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {key: value or "" for key, value in attrs}
        if tag in self.VOID:
            self._silent += 1
        if tag == "form":
            self._form = FoundForm(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self._form)
        if tag == "a" and "href" in a:
            self._href = a["href"]
        if self._form is None:
            return
        kept = self._form.fields
        if tag == "input" and a.get("name") and "disabled" not in a:
            if a.get("type") in ("checkbox", "radio") and "checked" not in a:
                kept.setdefault(a["name"], [])
            elif a.get("type") not in ("submit", "button", "image"):
                kept.setdefault(a["name"], []).append(a.get("value", "on" if a.get("type") == "checkbox" else ""))
        if tag == "textarea":
            self._area = a.get("name", "")
            kept[self._area] = [""]
        if tag == "select":
            self._select, self._first_option, self._chosen = a.get("name", ""), None, False
        if tag == "option" and self._select is not None:
            value = a.get("value", "")
            if "selected" in a:
                kept.setdefault(self._select, []).append(value)
                self._chosen = True
            elif self._first_option is None:
                self._first_option = value
        if tag == "button":
            self._button = {
                "name": a.get("name", ""),
                "value": a.get("value", ""),
                "text": "",
                "type": a.get("type", "submit"),
            }
            self._form.buttons.append(self._button)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            self._silent -= 1
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = None
        if tag == "a":
            self._href = None
        if tag == "button":
            self._button = None
        if tag == "select" and self._select is not None:
            if not self._chosen and self._form is not None:
                self._form.fields[self._select] = [self._first_option or ""]
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._area is not None and self._form is not None:
            self._form.fields[self._area] = [self._form.fields[self._area][0] + data]
        if self._button is not None:
            self._button["text"] += data
        if self._href is not None:
            self.links.append((data.strip(), self._href))
        self.words.append(data)


@dataclass
class Page:
    response: httpx.Response

    @cached_property
    def _reader(self) -> _Reader:
        """Read when somebody asks: many tests want only the status, or the raw page."""
        reader = _Reader()
        reader.feed(self.response.text)
        return reader

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.url.path

    @property
    def html(self) -> str:
        return self.response.text

    @property
    def text(self) -> str:
        """What is written on the page, white space made single."""
        return re.sub(r"\s+", " ", " ".join(self._reader.words)).strip()

    @property
    def forms(self) -> list[FoundForm]:
        return self._reader.forms

    @property
    def links(self) -> list[tuple[str, str]]:
        """(text, address), as they stand on the page."""
        return self._reader.links

    def form(self, part_of_action: str) -> FoundForm:
        for form in self.forms:
            if part_of_action in form.action:
                return form
        raise AssertionError(
            f"no form to {part_of_action!r} on {self.path}; there are {[f.action for f in self.forms]}"
        )

    def link(self, text: str) -> str:
        """Where the link with this text (or part of it) goes."""
        for words, href in self._reader.links:
            if text in words:
                return href
        raise AssertionError(f"no link {text!r} on {self.path}")

    def __contains__(self, words: str) -> bool:
        return words in self.text


class Browser:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page: Page | None = None
        self.goes_on = True
        """Whether it looks at the page that a form leads to."""

    async def open(self, address: str, **headers: str) -> Page:
        response = await self.client.get(
            address, follow_redirects=True, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        self.page = Page(response)
        return self.page

    def showing(self, page: Page) -> "Browser":
        """With this page before it again, as when somebody goes back, or has two windows open."""
        self.page = page
        return self

    async def submit(self, part_of_action: str, *, button: str | None = None, **fields: str | list[str]) -> Page:
        """Fill the form whose action contains this, press its (first, or named) button, land where it leads.

        `button` is part of the button's text or its value. What is not given keeps what the page had.
        """
        page = self.page
        assert page is not None, "open a page first"
        form = page.form(part_of_action)
        data: dict[str, list[str]] = {name: list(values) for name, values in form.fields.items()}
        for name, value in fields.items():
            assert name in data or name.startswith("_"), f"no field {name!r}; there are {sorted(data)}"
            data[name] = [value] if isinstance(value, str) else list(value)
        pressed = next((b for b in form.buttons if button is None or button in b["text"] or button == b["value"]), None)
        assert pressed is not None or (button is None and not form.buttons), f"no button {button!r}: {form.buttons}"
        if pressed and pressed["name"]:
            data[pressed["name"]] = [pressed["value"]]
        action = form.action or page.path
        if form.method == "get":
            flat: list[tuple[str, str | int | float | bool | None]] = [(k, v) for k, vs in data.items() for v in vs]
            response = await self.client.get(action, params=flat, follow_redirects=True)
        else:
            response = await self.client.post(action, data=data, follow_redirects=self.goes_on)
        self.page = Page(response)
        return self.page

    async def sign_in(self, email: str, password: str = "correct horse battery", lang: str = "en") -> Page:
        """With the form as everybody does, but without looking at the page that it leads to."""
        await self.open(f"/{lang}/sign-in")
        self.goes_on = False
        page = await self.submit("sign-in", email=email, password=password)
        self.goes_on = True
        assert page.status == 303, page.text
        return page
