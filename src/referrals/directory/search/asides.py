"""What people type beside the need: how it should be given, and in which language."""

from typing import Final

MODES: Final[dict[str, str]] = {
    "a distance": "remote", "en ligne": "remote", "en visio": "remote", "visio": "remote", "par telephone": "remote",
    "teleconsultation": "remote", "visioconference": "remote", "par video": "remote",
    "online": "remote", "remote": "remote", "remotely": "remote", "by phone": "remote", "over the phone": "remote",
    "by telephone": "remote", "by video": "remote", "video call": "remote", "telehealth": "remote",
    "a domicile": "home-visit", "chez moi": "home-visit", "a la maison": "home-visit", "at home": "home-visit",
    "home visit": "home-visit", "home visits": "home-visit", "maraude": "outreach", "outreach": "outreach",
}  # fmt: skip
"""Folded words -> delivery mode."""

_SPOKEN: Final[dict[str, tuple[str, ...]]] = {
    "fr": ("francais", "french"), "en": ("anglais", "english"), "ar": ("arabe", "arabic"),
    "es": ("espagnol", "spanish"), "pt": ("portugais", "portuguese"), "it": ("italien", "italian"),
    "de": ("allemand", "german"), "nl": ("neerlandais", "dutch"), "pl": ("polonais", "polish"),
    "ro": ("roumain", "romanian"), "ru": ("russe", "russian"), "uk": ("ukrainien", "ukrainian"),
    "tr": ("turc", "turkish"), "sq": ("albanais", "albanian"), "fa": ("persan", "farsi", "persian"),
    "ps": ("pachto", "pashto"), "prs": ("dari",), "ur": ("ourdou", "urdu"), "hi": ("hindi",),
    "bn": ("bengali",), "pa": ("pendjabi", "punjabi"), "ta": ("tamoul", "tamil"), "zh": ("chinois", "chinese", "mandarin"),
    "vi": ("vietnamien", "vietnamese"), "so": ("somali",), "ti": ("tigrinya",), "am": ("amharique", "amharic"),
    "ln": ("lingala",), "wo": ("wolof",), "bm": ("bambara",), "ku": ("kurde", "kurdish"), "ht": ("creole", "kreyol"),
    "br": ("breton",), "kw": ("cornish", "cornique"), "cy": ("gallois", "welsh"),
    "fsl": ("lsf", "langue des signes"), "bfi": ("bsl", "british sign language"), "ase": ("asl",),
}  # fmt: skip
LANGUAGES: Final[dict[str, str]] = {name: code for code, names in _SPOKEN.items() for name in names} | {
    f"{name[:-3]}ophone": code
    for code, names in {"fr": ("francais",), "en": ("anglais",)}.items()
    for name in names
} | {"arabophone": "ar", "francophone": "fr", "anglophone": "en", "hispanophone": "es", "russophone": "ru"}  # fmt: skip
"""Folded name -> ISO 639."""
SPEAKING: Final = frozenset(
    {"en", "in", "parle", "parlant", "parler", "speaking", "speaker", "speakers", "speak", "langue"}
)
"""What may stand around a language's name."""
FREE: Final = frozenset({"gratuit", "gratuite", "gratuits", "gratuites", "gratuitement", "free"})
NEAR: Final = frozenset(
    {"a", "in", "near", "around", "at", "vers", "sur", "pres", "autour", "dans", "nearby", "cote", "close"}
)
"""After these a place is expected."""
