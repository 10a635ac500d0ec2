"""Which tools do their work once more when they are called twice alike, by their names."""

import pytest

from agentscope.findings.effects import does_it_again


@pytest.mark.parametrize(
    "name",
    [
        *("send_email", "sendEmail", "mcp__slack__post_message", "issue_refund", "book_flight"),
        *("create_pull_request", "place_order", "payments.charge", "transfer_funds", "pay"),
        *("publish_dashboard", "append_row", "restart_service", "send_status_update"),
    ],
)
def test_what_does(name):
    assert does_it_again(name)


@pytest.mark.parametrize(
    "name",
    [
        *("get_order", "order_status", "list_posts", "search_issues", "check_refund", "read_mail"),
        *("upsert_row", "create_or_update_user", "set_status", "ensure_bucket", "save_note"),
        *("update_order", "delete_post", "cancel_schedule", "edit_issue", "order_list"),
        *("delete_file", "close_ticket", "write_file", "edit_file", "run_tests", "execute"),
        *("click", "bash", "add", "dry_run_deploy", "validate_order", "draft_mail", "create_plan"),
        *("", "x", "transfer_to_billing_status"),
    ],
)
def test_what_does_not(name):
    assert not does_it_again(name)
