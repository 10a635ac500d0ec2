"""The trades that programs are about."""

from __future__ import annotations

from tests.scenarios.theme import Theme

SHOP = Theme(
    service="refund-desk",
    agents=("triage", "billing", "auditor", "shipping"),
    tasks=(
        "My order never arrived, I want my money back.",
        "I was charged twice for the same order, please sort it out.",
        "Please send a replacement for the broken lamp.",
    ),
    question="refund policy for parcels that were damaged in transit"
    " between our warehouse and the customer abroad",
    topics=("late parcels", "double charges", "broken goods", "gift cards", "returns abroad"),
    lookup="get_order",
    key="order_id",
    search="search_orders",
    listing="list_orders",
    write="update_order",
    act="issue_refund",
    status="get_refund_status",
    check="validate_address",
    places=("LIS", "OPO", "MAD", "BCN", "PAR", "LYS", "BER", "MUC"),
    names=tuple(str(4100 + 37 * at) for at in range(20)),
    thing="{place}-{name}",
    subjects=("parcel", "invoice", "carrier", "refund", "label", "customer", "voucher"),
    objects=("the delivery note", "the second payment", "the depot", "the old address", "a claim"),
    states=("shipped", "returned", "paid", "lost", "open"),
    plan=(
        "Find the order and its payments",
        "Compare the charge with the invoice",
        "Ask the carrier where the parcel is",
        "Decide on refund or replacement",
        "Tell the customer",
    ),
)
CODE = Theme(
    service="code-crew",
    agents=("architect", "coder", "reviewer", "tester"),
    tasks=(
        "The cart total is wrong when a voucher is used. Fix it.",
        "Make the importer skip empty rows, and add a test.",
        "Move the retry logic out of the HTTP client.",
    ),
    question="where is the rounding of the cart total done"
    " when a voucher and a shipping fee are both applied",
    topics=("rounding", "retry logic", "session cache", "row import", "voucher rules"),
    lookup="read_file",
    key="path",
    search="search_code",
    listing="list_files",
    write="edit_file",
    act="create_pull_request",
    status="get_ci_status",
    check="run_tests",
    places=("src/cart", "src/api", "src/jobs", "src/models", "tests/unit", "tests/api", "tools"),
    names=tuple(
        f"{name}.py"
        for name in "totals voucher client retry importer rows cache session rates fees tax orders "
        "users mailer export report".split()
    ),
    thing="{place}/{name}",
    subjects=("function", "fixture", "import", "module", "type", "query", "test"),
    objects=("the base class", "the old signature", "a circular import", "the cache", "the mock"),
    states=("modified", "clean", "generated", "deprecated"),
    plan=(
        "Read the module that adds up the cart",
        "Write a failing test for vouchers",
        "Fix the rounding",
        "Run all tests",
        "Open a pull request",
    ),
)
RESEARCH = Theme(
    service="market-desk",
    agents=("lead", "researcher", "critic", "writer"),
    tasks=(
        "Write a short report on heat pumps in the Nordic countries.",
        "Compare three suppliers of sodium cells.",
        "What changed in the rules for battery passports this year?",
    ),
    question="official figures for the number of heat pumps that"
    " were installed in the Nordic countries per year",
    topics=("heat pumps", "sodium cells", "battery passports", "grid fees", "district heating"),
    lookup="fetch_page",
    key="url",
    search="web_search",
    listing="list_sources",
    write="save_note",
    act="send_email",
    status="get_crawl_status",
    check="check_citations",
    places=("energy-board.example", "nordic-heat.example", "cells-today.example", "grid.example"),
    names=tuple(
        f"{topic}-{part}"
        for topic in "market-size installations price-index subsidies recycling passport".split()
        for part in ("2024", "2025", "outlook", "methods", "tables")
    ),
    thing="https://{place}/{name}",
    subjects=("survey", "subsidy", "supplier", "price index", "regulator", "table", "forecast"),
    objects=("the annual report", "the draft rule", "last year's figures", "a press release"),
    states=("published", "draft", "archived", "withdrawn"),
    plan=(
        "Collect figures from the energy boards",
        "Read two market studies",
        "Compare prices per country",
        "Write the draft",
        "Have the citations checked",
    ),
)
DATA = Theme(
    service="sales-analytics",
    agents=("analyst", "sql_writer", "validator", "reporter"),
    tasks=(
        "How did sales per region change since spring?",
        "Which customers stopped ordering after the price change?",
        "Prepare the numbers for the board meeting.",
    ),
    question="which tables hold the monthly revenue per region after"
    " returns and discounts have been taken off",
    topics=("revenue per region", "churned customers", "returns", "discounts", "margin"),
    lookup="describe_table",
    key="table",
    search="search_columns",
    listing="list_rows",
    write="write_rows",
    act="publish_dashboard",
    status="get_job_status",
    check="validate_query",
    places=("sales", "finance", "crm", "stock", "web", "staging", "mart"),
    names=tuple(
        "orders order_lines returns discounts customers regions prices invoices payments visits "
        "campaigns stock_levels suppliers calendar targets".split()
    ),
    thing="{place}.{name}",
    subjects=("column", "partition", "join", "total", "snapshot", "view", "extract"),
    objects=("the fact table", "the nightly load", "the region key", "a null date", "the budget"),
    states=("fresh", "stale", "loading", "frozen"),
    plan=(
        "Find the tables with revenue",
        "Check how returns are booked",
        "Query revenue per region and month",
        "Compare with the targets",
        "Publish the dashboard",
    ),
)
OPS = Theme(
    service="on-call-helper",
    agents=("commander", "investigator", "verifier", "scribe"),
    tasks=(
        "Checkout is slow since noon. Find out why.",
        "Roll the new image out to all regions.",
        "Disk usage on the search nodes is at 91 percent.",
    ),
    question="errors of the checkout service in the last two"
    " hours that mention the connection pool of the database",
    topics=("connection pool", "slow checkout", "disk usage", "image rollout", "memory leaks"),
    lookup="get_service_logs",
    key="service",
    search="search_logs",
    listing="list_incidents",
    write="update_runbook",
    act="restart_service",
    status="get_deploy_status",
    check="run_smoke_test",
    places=("eu-west", "eu-north", "us-east", "us-west", "ap-south", "sa-east"),
    names=tuple(
        "checkout search cart payments mailer images gateway sessions catalogue ledger quotes "
        "webhooks scheduler exports imports rates labels audit".split()
    ),
    thing="{place}/{name}",
    subjects=("pool", "node", "deploy", "queue", "alert", "replica", "certificate"),
    objects=("the new image", "a slow query", "the load balancer", "the old config", "a full disk"),
    states=("healthy", "degraded", "restarting", "draining"),
    plan=(
        "Read the logs of the checkout service",
        "Compare with the last deploy",
        "Check the connection pool",
        "Roll back if needed",
        "Write the timeline down",
    ),
)
TRAVEL = Theme(
    service="trip-planner",
    agents=("concierge", "flights", "approver", "hotels"),
    tasks=(
        "Three days in Lisbon in May for two, not too expensive.",
        "Move my booking to the week after.",
        "I need to be in Oslo on Tuesday before noon.",
    ),
    question="direct flights from Zurich to Lisbon in the first"
    " week of May that arrive before six in the evening",
    topics=("flights to Lisbon", "hotels in Alfama", "trains to Porto", "visa rules", "day trips"),
    lookup="get_booking",
    key="booking_id",
    search="search_flights",
    listing="list_hotels",
    write="update_itinerary",
    act="book_flight",
    status="get_payment_status",
    check="check_visa",
    places=("BK", "TR", "HT", "FL", "CR"),
    names=tuple(str(77_100 + 113 * at) for at in range(24)),
    thing="{place}{name}",
    subjects=("fare", "seat", "room", "transfer", "booking", "visa", "gate"),
    objects=(
        "the earlier flight",
        "the half board",
        "the group rate",
        "a later train",
        "the deposit",
    ),
    states=("confirmed", "on hold", "cancelled", "requested"),
    plan=(
        "Find flights that arrive before six",
        "Look for a hotel near the river",
        "Check what a visa needs",
        "Hold seats and room",
        "Send the itinerary",
    ),
)
FINANCE = Theme(
    service="month-end-close",
    agents=("controller", "bookkeeper", "reviewer", "payer"),
    tasks=(
        "Match the bank statement of October with the open invoices.",
        "Why does the ledger differ from the bank by 1,240.15?",
        "Prepare the payment run of Friday.",
    ),
    question="invoices of suppliers that were paid twice or"
    " without an order in the last quarter of the year",
    topics=("open invoices", "bank fees", "exchange rates", "accruals", "supplier credits"),
    lookup="get_invoice",
    key="invoice_no",
    search="search_ledger",
    listing="list_transactions",
    write="post_entry",
    act="send_payment",
    status="get_batch_status",
    check="reconcile_account",
    places=("INV", "CRN", "EXP", "PAY", "ACC"),
    names=tuple(f"2025-{number:05}" for number in range(10_210, 10_990, 31)),
    thing="{place}/{name}",
    subjects=("entry", "accrual", "payment", "credit note", "bank line", "cost centre", "rate"),
    objects=("the purchase order", "a bank fee", "the closing balance", "the advance", "a rebate"),
    states=("open", "paid", "disputed", "written off"),
    plan=(
        "Load the bank statement",
        "Match lines with open invoices",
        "Look into what does not match",
        "Post the missing entries",
        "Send the result to the controller",
    ),
)
PIPELINES = Theme(
    service="nightly-loads",
    agents=("scheduler", "loader", "inspector", "repairer"),
    tasks=(
        "The load of the clickstream stopped at half past two. Get it going again.",
        "Backfill the weather feed for the first week of March.",
        "Find out why the partner feed has fewer rows than yesterday.",
    ),
    question="partitions of the clickstream feed that arrived late or"
    " with fewer rows than on the same day of the week before",
    topics=("late partitions", "schema drift", "duplicate rows", "slow joins", "missing feeds"),
    lookup="inspect_partition",
    key="partition",
    search="search_runs",
    listing="list_partitions",
    write="patch_manifest",
    act="trigger_backfill",
    status="get_run_state",
    check="validate_schema",
    places=("clicks", "weather", "partners", "sensors", "billing", "catalog"),
    names=tuple(
        f"dt=2025-{month:02}-{day:02}" for month in (3, 10, 11) for day in (1, 4, 9, 17, 22)
    ),
    thing="{place}/{name}",
    subjects=("partition", "manifest", "feed", "schema", "checkpoint", "row count", "watermark"),
    objects=("the raw bucket", "the older schema", "a null column", "the retry queue", "the index"),
    states=("complete", "late", "empty", "quarantined"),
    plan=(
        "Find the last partition that is complete",
        "Compare its schema with the newest one",
        "Repair the manifest",
        "Trigger the backfill",
        "Check the row counts",
    ),
)
THEMES = (SHOP, CODE, RESEARCH, DATA, OPS, TRAVEL, FINANCE, PIPELINES)
