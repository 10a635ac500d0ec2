"""The pages of ledgers: those of a project's, and the same of the installation's."""

from django.urls import path

from ui.views import audit, checkpoints

urlpatterns = [
    path("p/<path:project>/audit/ledger/", audit.ledger, name="ledger"),
    path("p/<path:project>/audit/ledger/verify/", audit.verify_ledger, name="verify-ledger"),
    path("p/<path:project>/audit/ledger/take/", checkpoints.take_ledger, name="take-ledger"),
    path(
        "p/<path:project>/audit/ledger/checkpoints/",
        checkpoints.all_checkpoints,
        name="checkpoints",
    ),
    path(
        "p/<path:project>/audit/ledger/checkpoints/<int:position>/",
        checkpoints.one_checkpoint,
        name="checkpoint",
    ),
    path("p/<path:project>/audit/ledger/<int:position>/", audit.one_entry, name="ledger-entry"),
    path("installation/ledger/", audit.ledger, name="installation-ledger"),
    path("installation/ledger/verify/", audit.verify_ledger),
    path("installation/ledger/take/", checkpoints.take_ledger),
    path(
        "installation/ledger/checkpoints/",
        checkpoints.all_checkpoints,
        name="installation-checkpoints",
    ),
    path("installation/ledger/checkpoints/<int:position>/", checkpoints.one_checkpoint),
    path("installation/ledger/<int:position>/", audit.one_entry),
]
