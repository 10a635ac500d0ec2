"""What errors are called, by whoever names them: data. See errors.py for what the classes mean.

Names of classes and codes, in lower case and without a trailing "error" or "exception"; with it
where only the whole name tells, because somebody else uses the rest otherwise. Names that a program
gives to its own mistakes (`ValueError`, `IllegalArgumentException`, `NullPointerException`) are
left out: they tell nothing about what was called.
"""

from __future__ import annotations

from agentscope.vocabulary import ErrorClass

# Libraries and providers that are asked for what they all have in common.
COMMON = {
    ErrorClass.RATE_LIMIT: "ratelimit rate_limit rate_limit_exceeded ratelimitexceeded rate_limited"
    " toomanyrequests too_many_requests modelthrottled modelratelimit",
    ErrorClass.QUOTA: "graphrecursion recursion maxturnsexceeded usagelimitexceeded"
    " llmcallslimitexceeded recursionlimit maxiterations max_turns agentexecutionmaxsteps"
    " agentmaxsteps insufficient_quota payment_required budgetexceeded",
    ErrorClass.OVERLOADED: "overloaded serviceunavailable service_unavailable unavailable"
    " modelnotready",
    ErrorClass.SERVER: "internalserver internal_server api server server_error internal modelerror"
    " conflict badgateway bad_gateway internalservererror",
    ErrorClass.TIMEOUT: "apitimeout apiconnectiontimeout timeout timedout timed_out readtimeout"
    " connecttimeout deadlineexceeded deadline_exceeded modeltimeout tooltimeout pooltimeout"
    " writetimeout gatewaytimeout gateway_timeout requesttimeout request_timeout",
    ErrorClass.NETWORK: "apiconnection connect connection connectionreset connectionrefused"
    " connectionaborted connectionerror remoteprotocol ssl incompleteread chunkedencoding"
    " modelstreamerror modelstream invalid_chunk gaierror herror brokenpipe readerror read"
    " writeerror write network proxy",
    ErrorClass.AUTH: "authentication authentication_failed unauthenticated expiredtoken"
    " invalid_api_key unauthorized invalidtoken invalid_token tokenexpired",
    ErrorClass.PERMISSION: "permissiondenied permission permission_denied accessdenied"
    " access_denied forbidden authorizationfailed",
    ErrorClass.NOT_FOUND: "notfound not_found model_not_found resourcenotfound deploymentnotfound"
    " filenotfound toolnotfound unknowntool",
    ErrorClass.CONTEXT_LENGTH: "contextwindowexceeded context_length_exceeded request_too_large"
    " contextoverflow",
    ErrorClass.CONTENT_FILTER: "content_filter contentfilter contentpolicyviolation safety"
    " recitation refusal prohibited_content",
    ErrorClass.VALIDATION: "jsondecode outputparser outputparsing outputparsererror validation",
    ErrorClass.INVALID_REQUEST: "badrequest bad_request invalid_request invalidrequest"
    " unprocessableentity unprocessable_entity invalid_argument invalidargument notimplemented"
    " methodnotallowed",
    ErrorClass.TOOL_REPORTED: "tool tool_error toolexecution toolexecutionfailed"
    " tool_execution_failed toolretry execution codeexecution http_error",
    ErrorClass.CANCELLED: "cancelled canceled abort aborted_by_user keyboardinterrupt"
    " clientdisconnect user_abort apiuserabort cancellation operationcancelled operationcanceled",
    ErrorClass.CONTROL_FLOW: "graphinterrupt nodeinterrupt graphbubbleup parentcommand graphdrained"
    " calldeferred approvalrequired modelretry skiptoolexecution humanfeedbackpending interrupt"
    " stopiteration stopasynciteration generatorexit agentfinish",
}
# github.com/grpc/grpc/blob/master/doc/statuscodes.md, by number and by name; also google.rpc.Code
# of Gemini and Vertex. UNKNOWN and DATA_LOSS say nothing about trying again.
GRPC = (
    ("OK", ErrorClass.NONE),
    ("CANCELLED", ErrorClass.CANCELLED),
    ("UNKNOWN", ErrorClass.UNKNOWN),
    ("INVALID_ARGUMENT", ErrorClass.INVALID_REQUEST),
    ("DEADLINE_EXCEEDED", ErrorClass.TIMEOUT),
    ("NOT_FOUND", ErrorClass.NOT_FOUND),
    ("ALREADY_EXISTS", ErrorClass.INVALID_REQUEST),
    ("PERMISSION_DENIED", ErrorClass.PERMISSION),
    ("RESOURCE_EXHAUSTED", ErrorClass.RATE_LIMIT),
    ("FAILED_PRECONDITION", ErrorClass.INVALID_REQUEST),
    ("ABORTED", ErrorClass.SERVER),  # a conflict: to be tried again as a whole
    ("OUT_OF_RANGE", ErrorClass.INVALID_REQUEST),
    ("UNIMPLEMENTED", ErrorClass.INVALID_REQUEST),
    ("INTERNAL", ErrorClass.SERVER),
    ("UNAVAILABLE", ErrorClass.OVERLOADED),
    ("DATA_LOSS", ErrorClass.UNKNOWN),
    ("UNAUTHENTICATED", ErrorClass.AUTH),
)
# JSON-RPC 2.0, and what MCP, its SDKs and LSP put beside it. -32000 is any error of a server; that
# of MCP's SDKs is a connection that was closed.
JSON_RPC = {
    "-32700": ErrorClass.INVALID_REQUEST,
    "-32600": ErrorClass.INVALID_REQUEST,
    "-32601": ErrorClass.NOT_FOUND,
    "-32602": ErrorClass.INVALID_REQUEST,
    "-32603": ErrorClass.SERVER,
    "-32000": ErrorClass.SERVER,
    "-32001": ErrorClass.TIMEOUT,
    "-32002": ErrorClass.NOT_FOUND,
    "-32800": ErrorClass.CANCELLED,
}
PROVIDERS = {  # the documented codes and classes of each
    "OpenAI, Groq, Mistral, DeepSeek, vLLM, SGLang": {
        ErrorClass.RATE_LIMIT: "requests tokens tokens_per_minute",
        ErrorClass.QUOTA: "billing_hard_limit_reached billing_not_active billing"
        " account_deactivated quota_exceeded quotaexceeded insufficientquota",
        ErrorClass.OVERLOADED: "capacity_exceeded over_capacity engine_overloaded slow_down"
        " service_tier_capacity_exceeded enginedead asyncenginedead",
        ErrorClass.SERVER: "unreachable_backend vector_store_timeout enginegenerate",
        ErrorClass.AUTH: "invalid_organization incorrect_api_key mismatched_organization"
        " invalid_authentication",
        ErrorClass.PERMISSION: "unsupported_country_region_territory model_terms_required"
        " organization_restricted",
        ErrorClass.NOT_FOUND: "invalid_model unknown_model model_decommissioned"
        " model_not_available",
        ErrorClass.CONTEXT_LENGTH: "string_above_max_length lengthfinishreason",
        ErrorClass.CONTENT_FILTER: "contentfilterfinishreason content_policy_violation"
        " invalid_prompt moderation_blocked image_generation_user_error",
        ErrorClass.VALIDATION: "tool_use_failed json_validate_failed apiresponsevalidation"
        " responsevalidation",
        ErrorClass.INVALID_REQUEST: "httpvalidation vllmvalidation invalid_json"
        " unsupported_parameter unsupported_value missing_required_parameter"
        " invalid_value invalid_type unknown_parameter",
    },
    "Gemini, Vertex AI and google.api_core": {
        ErrorClass.RATE_LIMIT: "resourceexhausted",
        ErrorClass.QUOTA: "billing_disabled",
        ErrorClass.SERVER: "aborted dataloss brokenresponse incompleteiteration",
        ErrorClass.AUTH: "api_key_invalid api_key_expired defaultcredentials refresh",
        ErrorClass.PERMISSION: "service_disabled api_key_service_blocked consumer_suspended"
        " user_project_denied iam_permission_denied",
        ErrorClass.CONTENT_FILTER: "blocklist spii image_safety blockedprompt stopcandidate",
        ErrorClass.VALIDATION: "malformed_function_call unexpected_tool_call"
        " unknownfunctioncallargument functioninvocation",
        ErrorClass.INVALID_REQUEST: "failedprecondition outofrange alreadyexists"
        " preconditionfailed unsupportedfunction methodnotimplemented",
    },
    "Bedrock, botocore and AWS": {
        ErrorClass.RATE_LIMIT: "throttling throttled throttledexception requestthrottled"
        " requestlimitexceeded provisionedthroughputexceeded bandwidthlimitexceeded"
        " ec2throttled slowdown",
        ErrorClass.QUOTA: "servicequotaexceeded limitexceeded",
        ErrorClass.SERVER: "internalfailure dependencyfailed eventstream transactioninprogress"
        " priorrequestnotcomplete responsestreaming",
        ErrorClass.NETWORK: "endpointconnection connectionclosed httpclient proxyconnection",
        ErrorClass.AUTH: "unrecognizedclient invalidclienttokenid incompletesignature"
        " invalidsignature signaturedoesnotmatch missingauthenticationtoken requestexpired"
        " nocredentials partialcredentials credentialretrieval tokenretrieval"
        " unauthorizedssotoken ssotokenload",
        ErrorClass.PERMISSION: "notauthorized optinrequired mpagreementbeingcreated",
        ErrorClass.NOT_FOUND: "nosuchkey nosuchbucket unknownservice",
        ErrorClass.CONTENT_FILTER: "guardrail_intervened",
        # AWS says of a request what others say of an answer.
        ErrorClass.INVALID_REQUEST: "validationexception paramvalidation invalidaction noregion",
    },
    "Azure": {
        ErrorClass.RATE_LIMIT: "ratelimitreached",
        ErrorClass.OVERLOADED: "nocapacity outofcapacity",
        ErrorClass.NETWORK: "servicerequest serviceresponse",
        ErrorClass.TIMEOUT: "servicerequesttimeout serviceresponsetimeout",
        ErrorClass.AUTH: "clientauthentication credentialunavailable",
        ErrorClass.CONTENT_FILTER: "responsibleaipolicyviolation",
        ErrorClass.INVALID_REQUEST: "operationnotsupported resourceexists resourcemodified",
    },
    "Cohere": {
        ErrorClass.CANCELLED: "clientclosedrequest user_cancel",
        ErrorClass.CONTENT_FILTER: "error_toxic",
        ErrorClass.CONTEXT_LENGTH: "error_limit",
    },
    "LiteLLM": {
        ErrorClass.RATE_LIMIT: "routerratelimit",
        ErrorClass.NETWORK: "midstreamfallback imagefetch",
        ErrorClass.CONTENT_FILTER: "guardrailraised blockedpiientity rejectedrequest",
        ErrorClass.VALIDATION: "jsonschemavalidation",
        ErrorClass.INVALID_REQUEST: "unsupportedparams litellmunknownprovider",
    },
}
FRAMEWORKS = {
    "LangChain and LangGraph": {
        ErrorClass.QUOTA: "graph_recursion_limit toolcalllimitexceeded modelcalllimitexceeded",
        ErrorClass.CONTENT_FILTER: "piidetection",
        ErrorClass.VALIDATION: "structuredoutput structuredoutputvalidation"
        " multiplestructuredoutputs toolinvocation",
        ErrorClass.INVALID_REQUEST: "invalidupdate emptyinput invalid_concurrent_graph_update"
        " invalid_graph_node_return_value invalid_chat_history multiple_subgraphs",
        ErrorClass.NOT_FOUND: "tasknotfound",
    },
    "CrewAI, AutoGen and AG2": {
        ErrorClass.CONTEXT_LENGTH: "llmcontextlengthexceeded",
        ErrorClass.VALIDATION: "converter",
        ErrorClass.TOOL_REPORTED: "toolusage toolusageerror",
        ErrorClass.INVALID_REQUEST: "canthandle undeliverable modeltoolnotsupported"
        " agentnameconflict senderrequired",
        ErrorClass.CANCELLED: "messagedropped",
    },
    "OpenAI Agents": {
        ErrorClass.CONTENT_FILTER: "inputguardrailtripwiretriggered modelrefusal"
        " outputguardrailtripwiretriggered toolinputguardrailtripwiretriggered"
        " tooloutputguardrailtripwiretriggered",
        ErrorClass.VALIDATION: "modelbehavior",
        ErrorClass.CANCELLED: "mcptoolcancellation",
        ErrorClass.INVALID_REQUEST: "user",
    },
    "pydantic-ai": {
        ErrorClass.VALIDATION: "unexpectedmodelbehavior incompletetoolcall instructorretry",
        ErrorClass.OVERLOADED: "concurrencylimitexceeded",
        ErrorClass.CONTROL_FLOW: "skipmodelrequest skiptoolvalidation",
    },
    "MCP": {
        ErrorClass.TOOL_REPORTED: "mcp_tool mcp_tool_error mcptool",
        ErrorClass.CONTROL_FLOW: "urlelicitationrequired",
    },
    "Vercel AI SDK": {
        ErrorClass.VALIDATION: "ai_noobjectgenerated ai_invalidtoolarguments ai_invalidtoolinput"
        " ai_nosuchtool ai_typevalidation ai_jsonparse ai_nooutputgenerated ai_toolcallrepair"
        " ai_nocontentgenerated ai_emptyresponsebody ai_invalidresponsedata",
        ErrorClass.AUTH: "ai_loadapikey gatewayauthentication",
        ErrorClass.RATE_LIMIT: "gatewayratelimit",
        ErrorClass.SERVER: "gatewayinternalserver gatewayresponse",
        ErrorClass.NOT_FOUND: "ai_nosuchmodel ai_nosuchprovider gatewaymodelnotfound",
        ErrorClass.INVALID_REQUEST: "ai_invalidargument ai_invalidprompt gatewayinvalidrequest"
        " ai_unsupportedfunctionality ai_toomanyembeddingvaluesforcall",
        ErrorClass.NETWORK: "ai_download",
        ErrorClass.TOOL_REPORTED: "ai_toolexecution",
    },
    "Strands, ADK, smolagents, LlamaIndex, DSPy, Haystack, Agno, Semantic Kernel, Spring AI": {
        ErrorClass.QUOTA: "pipelinemaxcomponentruns",
        ErrorClass.SERVER: "transientai",
        ErrorClass.TIMEOUT: "workflowtimeout",
        ErrorClass.CONTEXT_LENGTH: "contextwindowoverflow maxtokensreached",
        ErrorClass.CONTENT_FILTER: "contentfilterai servicecontentfilter inputcheck outputcheck",
        ErrorClass.VALIDATION: "agentparsing agenttoolcall adapterparse"
        " functioncallinvalidarguments toolarguments",
        ErrorClass.INVALID_REQUEST: "workflowvalidation nontransientai unsupportedfeature",
        ErrorClass.TOOL_REPORTED: "agenttoolexecution agentexecution functionexecution"
        " kernelfunction",
        ErrorClass.CANCELLED: "runcancelled workflowcancelledbyuser",
        ErrorClass.CONTROL_FLOW: "workflowdone stopagentrun retryagentrun",
    },
}
LANGUAGES = {
    "Python: asyncio, httpx, requests, aiohttp, urllib3, ssl, http.client": {
        ErrorClass.TIMEOUT: "servertimeout connectiontimeout sockettimeout",
        ErrorClass.NETWORK: "close clientconnector clientconnection clientos serverdisconnected"
        " serverconnection clientpayload clientconnectordns clientconnectorcertificate"
        " clientconnectorssl clientproxyconnection clienthttpproxy wsserverhandshake"
        " clientconnectionreset maxretry newconnection nameresolution protocol invalidchunklength"
        " emptypool closedpool url remotedisconnected badstatusline sslcertverification ssleof"
        " sslzeroreturn contentdecoding decoding cannotsendrequest responsenotready",
        ErrorClass.OVERLOADED: "queuefull",
        ErrorClass.INVALID_REQUEST: "unsupportedprotocol missingschema invalidschema invalidurl"
        " invalidheader locationparse toomanyredirects localprotocol",
    },
    "Node": {
        ErrorClass.NETWORK: "econnreset econnrefused econnaborted enotfound eai_again epipe"
        " ehostunreach enetunreach ehostdown enetdown err_network und_err_socket fetch"
        " cert_has_expired depth_zero_self_signed_cert self_signed_cert_in_chain"
        " unable_to_verify_leaf_signature err_tls_cert_altname_invalid err_stream_premature_close",
        ErrorClass.TIMEOUT: "etimedout esockettimedout und_err_connect_timeout"
        " und_err_headers_timeout und_err_body_timeout err_socket_connection_timeout",
        ErrorClass.CANCELLED: "err_canceled und_err_aborted abort_err err_aborted",
        ErrorClass.NOT_FOUND: "enoent",
        ErrorClass.PERMISSION: "eacces eperm erofs",
        ErrorClass.SERVER: "err_bad_response",
        ErrorClass.INVALID_REQUEST: "err_bad_request err_invalid_url eexist eisdir enotdir",
    },
    "Java": {
        ErrorClass.TIMEOUT: "httptimeout httpconnecttimeout connectionpooltimeout"
        " connectionrequesttimeout",
        ErrorClass.NETWORK: "socket unknownhost noroutetohost closedchannel sslhandshake eof"
        " httphostconnect nohttpresponse resourceaccess portunreachable connectionclosed"
        " streamreset",
        ErrorClass.OVERLOADED: "rejectedexecution callnotpermitted bulkheadfull",
        ErrorClass.NOT_FOUND: "nosuchfile modelnotfound",
        ErrorClass.CONTENT_FILTER: "contentfiltered",
        ErrorClass.CANCELLED: "interrupted",
        ErrorClass.SERVER: "unresolvedmodelserver",
    },
    "Go": {
        ErrorClass.NETWORK: "op dns addr unknownnetwork",
        ErrorClass.PERMISSION: "errpermission",
    },
    ".NET": {
        ErrorClass.NETWORK: "httprequest web",
        ErrorClass.CANCELLED: "taskcanceled",
        ErrorClass.PERMISSION: "unauthorizedaccess",
        ErrorClass.AUTH: "authenticationfailed",
        ErrorClass.NOT_FOUND: "directorynotfound",
    },
}

Names = dict[str, ErrorClass]


def all_names() -> Names:
    """The class by each name. What all have in common goes before what one says."""
    tables = [COMMON]
    for group in (PROVIDERS, FRAMEWORKS, LANGUAGES):
        tables += group.values()
    found: Names = {name.lower(): said for name, said in GRPC if said not in SAYS_NOTHING}
    for table in tables:
        for said, names in table.items():
            for name in names.split():
                found.setdefault(name, said)
    return found


SAYS_NOTHING = (ErrorClass.NONE, ErrorClass.UNKNOWN)
BY_NAME = all_names()
