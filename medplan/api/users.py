"""Routes of an organisation's people: added, changed and shut out by its admin."""

from http import HTTPStatus
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import post_load

from medplan.api import mapping
from medplan.api.answers import json_answer
from medplan.api.mapping import Document, instant
from medplan.api.operation import Operation
from medplan.documents.fields import Text, Word, YesNo
from medplan.documents.shapes import Loaded, StrictSchema
from medplan.gate.bodies import load_body
from medplan.gate.context import caller, context, parts
from medplan.gate.idempotency import once, respond
from medplan.services.access import Right, Role
from medplan.services.once import Answer
from medplan.services.people import accounts
from medplan.services.people.accounts import LONGEST_ADDRESS, PEOPLE, UserChange, UserWish
from medplan.services.people.password_changes import ask_for_reset
from medplan.store.ids import USER, write_id
from medplan.store.tables import UserRow

blueprint = Blueprint("users", __name__, description="The people of an organisation.")

_ROLES = tuple(role for role in Role if role in PEOPLE - {Role.OPERATOR})


class UserWishSchema(StrictSchema):
    """Somebody to be added; they set their password by a link that is sent to the address."""

    email = Text(most=LONGEST_ADDRESS, required=True)
    role = Word(*_ROLES, required=True)
    display_name = Text(most=100)

    @post_load
    def make(self, read: Loaded, **_options: object) -> UserWish:
        """The wish as a value."""
        return UserWish(read["email"], Role(read["role"]), read.get("display_name"))


class UserChangeSchema(StrictSchema):
    """What of an account is to be otherwise; what is left out stays."""

    role = Word(*_ROLES)
    disabled = YesNo()

    @post_load
    def make(self, read: Loaded, **_options: object) -> UserChange:
        """The change as a value."""
        role = read.get("role")
        return UserChange(None if role is None else Role(role), read.get("disabled"))


@Operation(
    blueprint,
    "POST",
    "/users",
    right=Right.MANAGE_USERS,
    answer="User",
    status=HTTPStatus.CREATED,
    body=UserWishSchema,
    keyed=True,
)
def create_user() -> Response:
    """Add somebody to the caller's organisation; a link to set a password is sent to them."""
    wish, here = load_body(UserWishSchema(), UserWish), context()
    answer = accounts.invite_user(parts().database, caller(), wish, once(_created))
    if not answer.replayed:
        ask_for_reset(parts().database, email=wish.email, now=caller().at, send=here.send_reset)
    return respond(answer)


@Operation(blueprint, "GET", "/users", right=Right.MANAGE_USERS, answer="UserList")
def list_users() -> Response:
    """List the people of the caller's organisation."""
    found = accounts.list_users(parts().database, caller())
    return json_answer(mapping.items([_user(row) for row in found]))


@Operation(
    blueprint,
    "PATCH",
    "/users/<user:user_id>",
    right=Right.MANAGE_USERS,
    answer="User",
    refusals=(HTTPStatus.NOT_FOUND,),
    body=UserChangeSchema,
)
def change_user(user_id: UUID) -> Response:
    """Give somebody another role, or shut them out. It holds from their next request on."""
    change = load_body(UserChangeSchema(), UserChange)
    return json_answer(_user(accounts.change_user(parts().database, caller(), user_id, change)))


def _user(row: UserRow) -> Document:
    return {
        "id": write_id(USER, row.id),
        "email": row.email,
        "display_name": row.display_name,
        "role": row.role,
        "created_at": instant(row.created_at),
        "disabled_at": None if row.disabled_at is None else instant(row.disabled_at),
    }


def _created(row: UserRow) -> Answer:
    return Answer(HTTPStatus.CREATED, (), mapping.write_json(_user(row)))
