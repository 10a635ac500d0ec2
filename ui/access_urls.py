"""The pages of who may do what: members and keys, one line each."""

from django.urls import path

from ui.views import keys, members

urlpatterns = [
    path("p/<path:project>/settings/members/", members.members, name="members"),
    path(
        "p/<path:project>/settings/members/everywhere/",
        members.everywhere,
        name="members-everywhere",
    ),
    path(
        "p/<path:project>/settings/members/second-factor/",
        members.second_factor,
        name="require-second-factor",
    ),
    path("p/<path:project>/settings/keys/", keys.keys, name="keys"),
    path("p/<path:project>/settings/keys/<int:key>/rotate/", keys.rotate, name="rotate-key"),
    path("p/<path:project>/settings/keys/<int:key>/revoke/", keys.revoke, name="revoke-key"),
]
