"""Errors by the names that those give them who raise them, and by codes wherever they stand."""

import pytest

from agentscope.vocabulary import ErrorClass, Kind, Status, WireEvent
from ingest.dialects import understand
from ingest.reading.error_names import BY_NAME, FRAMEWORKS, GRPC, LANGUAGES, PROVIDERS
from ingest.reading.errors import classify, error_name, is_control_flow, is_waiting
from tests.kit.spans import wire_span

# As they are written, a line for each class
WRITTEN = {
    "rate_limit": "RateLimitError rate_limit_exceeded TooManyRequestsError ThrottlingException"
    " ThrottledException RequestLimitExceeded SlowDown RESOURCE_EXHAUSTED ResourceExhausted"
    " TooManyRequestsException ProvisionedThroughputExceededException ModelThrottledException"
    " HttpClientErrorException$TooManyRequests GatewayRateLimitError RateLimitException",
    "quota": "insufficient_quota MaxTurnsExceeded GraphRecursionError UsageLimitExceeded"
    " ServiceQuotaExceededException LlmCallsLimitExceededError AgentMaxStepsError"
    " GRAPH_RECURSION_LIMIT BudgetExceededError ModelCallLimitExceededError billing_error",
    "overloaded": "overloaded_error OverloadedError ServiceUnavailableError UNAVAILABLE"
    " ModelNotReadyException ServiceUnavailableException EngineDeadError QueueFull"
    " RejectedExecutionException ConcurrencyLimitExceeded CallNotPermittedException",
    "server": "InternalServerError api_error server_error INTERNAL ABORTED BadGatewayError"
    " InternalServerException ModelErrorException ConflictException DependencyFailedException"
    " TransientAiException GatewayInternalServerError -32603",
    "timeout": "APITimeoutError APIConnectionTimeoutError TimeoutError ReadTimeout ConnectTimeout"
    " PoolTimeout ServerTimeoutError SocketTimeoutException HttpTimeoutException ETIMEDOUT"
    " UND_ERR_HEADERS_TIMEOUT DEADLINE_EXCEEDED DeadlineExceeded ModelTimeoutException"
    " GatewayTimeoutError ReadTimeoutError ServiceRequestTimeoutError timeout_error -32001"
    " System.TimeoutException asyncio.TimeoutError",
    "network": "APIConnectionError ECONNRESET ENOTFOUND EAI_AGAIN EPIPE UND_ERR_SOCKET ERR_NETWORK"
    " ConnectError ReadError RemoteProtocolError ConnectionResetError BrokenPipeError"
    " requests.exceptions.ConnectionError ChunkedEncodingError SSLError ProxyError MaxRetryError"
    " NewConnectionError NameResolutionError ClientConnectorError ServerDisconnectedError"
    " ClientPayloadError ClientOSError RemoteDisconnected gaierror EndpointConnectionError"
    " ConnectionClosedError UnknownHostException java.net.ConnectException NoRouteToHostException"
    " SocketException SSLHandshakeException *net.OpError *net.DNSError ServiceRequestError"
    " HttpRequestException WebException ModelStreamErrorException FetchError",
    "auth": "AuthenticationError UNAUTHENTICATED UnauthorizedError ExpiredTokenException"
    " UnrecognizedClientException InvalidSignatureException NoCredentialsError invalid_api_key"
    " ClientAuthenticationError AI_LoadAPIKeyError RefreshError API_KEY_INVALID"
    " AuthenticationFailedException",
    "permission": "PermissionDeniedError PERMISSION_DENIED AccessDeniedException ForbiddenError"
    " PermissionError EACCES EPERM UnauthorizedAccessException permission_error",
    "not_found": "NotFoundError NOT_FOUND ResourceNotFoundException model_not_found ENOENT"
    " DeploymentNotFound FileNotFoundError NoSuchFileException AI_NoSuchModelError -32601"
    " DirectoryNotFoundException model_decommissioned not_found_error",
    "context_length": "context_length_exceeded ContextWindowExceededError request_too_large"
    " ContextWindowOverflowException LLMContextLengthExceededException ContextOverflowError",
    "content_filter": "content_filter ContentPolicyViolationError SAFETY PROHIBITED_CONTENT SPII"
    " InputGuardrailTripwireTriggered OutputGuardrailTripwireTriggered BlockedPromptException"
    " ToolInputGuardrailTripwireTriggered ContentFilterFinishReasonError ModelRefusalError",
    "validation": "JSONDecodeError OutputParserException UnexpectedModelBehavior ModelBehaviorError"
    " ValidationError AI_NoObjectGeneratedError AI_InvalidToolInputError tool_use_failed"
    " json_validate_failed MALFORMED_FUNCTION_CALL AgentParsingError AdapterParseError",
    "invalid_request": "BadRequestError invalid_request_error INVALID_ARGUMENT ValidationException"
    " FAILED_PRECONDITION OUT_OF_RANGE UNIMPLEMENTED ALREADY_EXISTS UnprocessableEntityError"
    " ParamValidationError NonTransientAiException InvalidUpdateError UserError -32602 -32600"
    " MissingSchema InvalidURL HTTPValidationError",
    "cancelled": "CancelledError asyncio.CancelledError AbortError ERR_CANCELED APIUserAbortError"
    " TaskCanceledException OperationCanceledException CANCELLED ClientClosedRequestError"
    " InterruptedException RunCancelledException -32800 KeyboardInterrupt",
    "tool_reported": "ToolException AI_ToolExecutionError ToolExecutionException ToolUsageError"
    " AgentToolExecutionError",
    "control_flow": "GraphInterrupt NodeInterrupt ParentCommand CallDeferred ApprovalRequired"
    " ModelRetry UrlElicitationRequiredError StopIteration",
    "unknown": "ValueError KeyError TypeError RuntimeError IllegalArgumentException"
    " NullPointerException UNKNOWN DATA_LOSS AioRpcError ClientError HTTPError OSError",
}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [(name, wanted) for wanted, names in WRITTEN.items() for name in names.split()],
)
def test_names(name: str, wanted: str) -> None:
    assert classify(error_name(name)).error_class is ErrorClass(wanted)


def test_no_name_means_two_things() -> None:
    """Within what is said by one group; between them what all have in common goes first."""
    for group in (PROVIDERS, FRAMEWORKS, LANGUAGES):
        for table in group.values():
            names = [name for said in table.values() for name in said.split()]
            assert len(names) == len(set(names))
            assert all(name == name.lower() for name in names)
            assert [name for name in names if BY_NAME[name] not in table] == []


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("429 Client Error: Too Many Requests for url: https://a.b", "rate_limit"),
        ("Client error '429 Too Many Requests' for url 'https://a.b'", "rate_limit"),
        ("Server error '503 Service Unavailable' for url 'https://a.b'", "overloaded"),
        ("HTTP Error 404: Not Found", "not_found"),
        ("401, message='Unauthorized', url='https://a.b'", "auth"),
        ("Request failed with status code 403", "permission"),
        ("Response status code does not indicate success: 504 (Gateway Timeout).", "timeout"),
        ("Status: 429 (Too Many Requests)", "rate_limit"),
        ("<AioRpcError of RPC that terminated with: status = StatusCode.UNAVAILABLE", "overloaded"),
        ("rpc error: code = DeadlineExceeded desc = context deadline exceeded", "timeout"),
        ("rpc error: code = PermissionDenied desc = no", "permission"),
        ("14 UNAVAILABLE: No connection established", "overloaded"),
        ("INVALID_ARGUMENT: bad field", "invalid_request"),
        (
            "An error occurred (AccessDeniedException) when calling the Converse operation",
            "permission",
        ),
        ("An error occurred (ValidationException) when calling the Converse", "invalid_request"),
        ("MCP error -32602: Invalid arguments for tool", "invalid_request"),
        ("McpError: MCP error -32001: Request timed out", "timeout"),
        ("dial tcp: lookup a.b: no such host", "network"),
        ('Post "https://a.b": context canceled', "cancelled"),
        ("socket hang up", "network"),
        ("model 'llama9' not found", "not_found"),
        ("server busy, please try again. maximum pending requests exceeded", "overloaded"),
        ("Input is too long for requested model.", "context_length"),
        (
            "The input token count (9) exceeds the maximum number of tokens allowed (8)",
            "context_length",
        ),
        ("API key not valid. Please pass a valid API key.", "auth"),
        ("The request was canceled due to the configured HttpClient.Timeout of 100 s", "timeout"),
        ("the count of 404 items is wrong", "unknown"),
        ("NOTE: this is no code", "unknown"),
    ],
)
def test_messages(message: str, wanted: str) -> None:
    assert classify("_OTHER", message).error_class is ErrorClass(wanted)


def test_a_status_says_more_than_who_brought_it() -> None:
    assert classify("HttpRequestException", "", 429).error_class is ErrorClass.RATE_LIMIT
    assert classify("APIError", "Error code: 400 - {}").error_class is ErrorClass.INVALID_REQUEST
    assert classify("APIError").error_class is ErrorClass.SERVER
    assert classify("RateLimitError", "", 500).error_class is ErrorClass.RATE_LIMIT


@pytest.mark.parametrize(
    ("attribute", "value", "wanted", "source"),
    [
        ("rpc.grpc.status_code", 8, "rate_limit", "RPC RESOURCE_EXHAUSTED"),
        ("rpc.grpc.status_code", 14, "overloaded", "RPC UNAVAILABLE"),
        ("rpc.response.status_code", "DEADLINE_EXCEEDED", "timeout", "RPC DEADLINE_EXCEEDED"),
        ("rpc.status_code", "-32601", "not_found", "RPC -32601"),
        ("rpc.jsonrpc.error_code", "-32602", "invalid_request", "RPC -32602"),
        ("rpc.jsonrpc.error_code", -32800, "cancelled", "RPC -32800"),
        ("http.response.status_code", 429, "rate_limit", "HTTP 429"),
        ("http.status_code", 410, "not_found", "HTTP 410"),
        ("error.code", 503, "overloaded", "HTTP 503"),
    ],
)
def test_codes_in_attributes(attribute: str, value: object, wanted: str, source: str) -> None:
    said = understand(wire_span(1, status_code=2, attributes={attribute: value}))
    assert said.error_class is ErrorClass(wanted)
    assert said.sources["error_class"] == f"{attribute}: {source}"


@pytest.mark.parametrize(
    ("number", "name"), [(number, name) for number, (name, _) in enumerate(GRPC)]
)
def test_the_numbers_of_grpc_are_their_names(number: int, name: str) -> None:
    by_number, by_name = (
        understand(wire_span(1, status_code=2, attributes={"rpc.grpc.status_code": said}))
        for said in (number, name)
    )
    assert by_number.error_class is by_name.error_class is classify(name).error_class


def test_a_code_alone_is_no_failure() -> None:
    for code in (0, 5):
        said = understand(wire_span(1, attributes={"rpc.grpc.status_code": code}))
        assert (said.status, said.error_class) == (Status.UNSET, ErrorClass.NONE)


def test_interrupts_wait_and_jumps_are_no_failures() -> None:
    assert is_waiting("UrlElicitationRequiredError", "")
    assert is_control_flow("GraphInterrupt", "")
    assert not is_waiting("ParentCommand", "")
    event = WireEvent("exception", 1, {"exception.type": "langgraph.errors.GraphInterrupt"})
    said = understand(wire_span(1, status_code=2, events=[event]))
    assert (said.kind, said.status) == (Kind.OTHER, Status.WAITING)


def test_names_of_go_and_java() -> None:
    assert error_name("*net.OpError") == "OpError"
    assert error_name("org.x.HttpClientErrorException$TooManyRequests") == "TooManyRequests"
    assert error_name("Something broke. Sorry.") == "Something broke. Sorry."
