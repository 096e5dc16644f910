"""Each module here is one conversation form; being here is all the registration it needs."""

from importlib import import_module
from pkgutil import iter_modules

from bot.conversation import Form

FORMS: dict[str, Form] = {m.name: import_module(f"{__name__}.{m.name}").FORM for m in iter_modules(__path__)}
