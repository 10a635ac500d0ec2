"""The pages of what is kept, held, erased and exported."""

from django.urls import path

from ui.views import erasures, holds, storage

urlpatterns = [
    path("p/<path:project>/settings/storage/", storage.storage, name="storage"),
    path("p/<path:project>/settings/storage/holds/", holds.all_holds, name="holds"),
    path("p/<path:project>/settings/storage/erasures/", erasures.all_erasures, name="erasures"),
    path("p/<path:project>/settings/storage/export/", erasures.export, name="export-person"),
    path(
        "p/<path:project>/settings/storage/erasures/<int:erasure>/",
        erasures.one_erasure,
        name="erasure",
    ),
]
