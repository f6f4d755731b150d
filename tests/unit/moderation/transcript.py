"""Views and forms as a person reads them, one line for each thing that is shown, so that a test can state a whole message."""

from __future__ import annotations

from bot.chat.views import Button, ButtonStyle, Fact, FieldKind, Form, FormField, Pressers, View


def read(view: View) -> list[str]:
    """A message: `@` who is notified, `->` where it links to, (in brackets) what isn't text, [a button; how it looks; who may press it]."""
    return [
        *([f"@{view.mention}"] if view.mention else []),
        *([f"-> {view.about.subject}: {view.about.label}"] if view.about else []),
        f"{view.title} ({view.tone}{'' if view.final else ', not final'})",
        *view.text,
        *([f"{view.quoted}: “{view.quote}”"] if view.quote or view.quoted else []),
        *(_fact(one) for one in view.facts),
        *(_button(one) for one in view.buttons),
    ]


def read_form(form: Form) -> list[str]:
    """A form: title, text, fields, and its button."""
    return [form.title, *([form.text] if form.text else []), *(_field(one) for one in form.fields), f"[{form.submit}]"]


def _fact(fact: Fact) -> str:
    return f"{fact.label}: {fact.value}{' (hidden)' if fact.hidden else ''}{' (channel)' if fact.channel else ''}"


def _button(button: Button) -> str:
    looks = [] if button.style is ButtonStyle.PLAIN else [button.style.value]
    opens = ["opens a form"] if button.opens_form else []
    asks = ["asks first"] if button.confirm else []
    return f"[{'; '.join([button.label, *looks, *opens, *asks, *_pressers(button.pressers)])}]"


def _pressers(who: Pressers) -> list[str]:
    administrators = ["administrators"] if who.administrators else []
    only = [] if who.only is None else [f"only {who.only}"]
    never = [f"not {' or '.join(sorted(who.never))}"] if who.never else []
    return [*administrators, *only, *never]


def _field(field: FormField) -> str:
    what = {FieldKind.CHOICE: " / ".join(f"{one.label} ({one.value})" for one in field.choices)}.get(field.kind, field.kind.value)
    limits = "" if field.kind is FieldKind.CHOICE else f", at most {field.max_length}"
    optional = "" if field.required else ", optional"
    return f"{field.label}: {what}{limits}{optional}{f' “{field.value}”' if field.value else ''}{f' ({field.hint})' if field.hint else ''}"
