"""The pages of evidence packs."""

from django.urls import path

from ui.views import packs

urlpatterns = [
    path("p/<path:project>/audit/packs/", packs.all_packs, name="packs"),
    path("p/<path:project>/audit/packs/new/", packs.new_pack, name="new-pack"),
    path("p/<path:project>/audit/packs/<int:pack>/take/", packs.take_pack, name="take-pack"),
    path("p/<path:project>/audit/packs/<int:pack>/remove/", packs.drop_pack, name="remove-pack"),
]
