"""What a span is, from the words that dialects share: operations, request types, span names."""

from __future__ import annotations

import re
from functools import lru_cache

from agentscope.vocabulary import Kind
from ingest.reading.scalars import NAMELESS, kind_of


def spelled(**words: str) -> dict[str, Kind]:
    """A table from words to kinds, given the words of each kind."""
    return {word: Kind[kind.upper()] for kind, said in words.items() for word in said.split()}


# gen_ai.operation.name. Administrative calls are "other": nothing is thought or spent in them.
OPERATIONS = spelled(
    llm="chat text_completion text_completions generate_content completion acompletion response "
    "responses message model_request llm_request llm_call image image_generation audio speech "
    "speech_generation transcription realtime decide",
    embedding="embeddings embedding embed aembedding",
    rerank="rerank",
    retrieval="retrieval retrieve vectordb vector_db_retrieve query",
    tool="execute_tool tool_call execute_code call_tool",
    agent="invoke_agent agent_call agent_run start_thread_run process_thread_run",
    other="create_agent create_thread create_conversation create_message get_thread_run "
    "list_messages list_run_steps list_conversation_items submit_tool_outputs fetch_response "
    "system_prompt",
    chain="invoke_workflow invoke_swarm invoke_graph conversation initiate_chats "
    "execute_event_loop_cycle agent_step invoke_node execute_task execute_method orchestrate_tools "
    "schedule_tool_calls tool_coordination step synthesize framework user_prompt_processing plan "
    "user_prompt speaker_selection",
    handoff="goto handoff agent_handoff",
    guardrail="guardrail_check apply_guardrail litellm.moderation",
    evaluator="evaluate evaluation",
    memory="create_memory search_memory update_memory upsert_memory delete_memory "
    "create_memory_store update_memory_store delete_memory_store search_memory_store memory.search "
    "memory.add memory.update memory.delete memory.get memory.list",
    checkpoint="compact_events",
    human="await_human_input",
)
operation = kind_of(OPERATIONS)

# llm.request.type, as OpenLLMetry and LiteLLM write it
REQUEST_TYPES = spelled(
    llm="completion chat acompletion achat responses aresponses image_generation aimage_generation "
    "speech aspeech transcription atranscription text_completion atext_completion",
    embedding="embedding aembedding",
    rerank="rerank arerank",
)
request_type = kind_of(REQUEST_TYPES)

# mcp.method.name. Session traffic such as `initialize` and `tools/list` is "other".
MCP_METHODS = {
    "tools/call": Kind.TOOL,
    "prompts/get": Kind.CHAIN,
    "resources/read": Kind.RETRIEVAL,
    "sampling/createMessage": Kind.CHAIN,
    "elicitation/create": Kind.HUMAN,
}


def mcp_method(value: object) -> Kind:
    """The kind of an MCP call."""
    return MCP_METHODS.get(value, Kind.OTHER) if isinstance(value, str) else Kind.OTHER


VECTOR_STORES = frozenset(
    "chroma chromadb pinecone qdrant weaviate milvus lancedb marqo vespa pgvector".split()
)


def ordinary_database(value: object) -> str | None:
    """The database system, unless it is one that agents search for knowledge."""
    return None if str(value).lower() in VECTOR_STORES else str(value)


# The last resort, first match wins. Patterns are anchored where a looser one would catch
# ordinary names, and HTTP or database spans are not asked at all.
NAMES = (
    (Kind.HANDOFF, r"^(handoff|transfer_to_|transfer_back_to_)|\.handoff$"),
    (Kind.HUMAN, r"(await|request|receive)[_ ]?human|human_(input|feedback|approval)"),
    (Kind.HUMAN, r"blocked_on_user|^elicitation/create"),
    (Kind.HUMAN, r"^haystack\.agent\.hook\.human_in_the_loop"),
    (Kind.CHECKPOINT, r"^haystack\.agent\.hook\.compaction"),
    (Kind.TOOL, r"^haystack\.agent\.step\.tool$"),
    (Kind.LLM, r"^haystack\.(agent\.step\.llm|chat_generator\.run)$"),
    (Kind.AGENT, r"^haystack\.agent\.run$"),
    (Kind.CHAIN, r"^haystack\.agent\.step$"),
    (Kind.GUARDRAIL, r"^haystack\.agent\.hook"),
    (Kind.TOOL, r"^(execute_tool|tools/call|call_tool|running tool)\b|\.tool$|^ai\.toolCall$"),
    (Kind.TOOL, r"^FunctionCall|^anthropic\.tool_use |^FunctionTool\.a?call$"),
    (Kind.EMBEDDING, r"^embeddings? .+|\.(embed|embeddings?|embed_query|embed_documents|doEmbed)$"),
    (Kind.RERANK, r"^rerank |\.rerank$"),
    (Kind.LLM, r"^(chat|text_completion|generate_content|completion) .+|^ChatCompletion"),
    (
        Kind.LLM,
        r"^(openai|anthropic|cohere|bedrock|ollama|mistralai|groq|vertexai)"
        r"\.(chat|completion|message|generate|invoke)",
    ),
    (
        Kind.LLM,
        r"^(ChatOpenAI|ChatAnthropic|AzureChatOpenAI|ChatBedrock\w*|ChatVertexAI)(\.chat)?$",
    ),
    (Kind.LLM, r"^ChatGoogle\w*(\.chat)?$|^(litellm_request|call_llm|llm_request)$"),
    (Kind.LLM, r"^(claude_code\.llm_request|openai\.response|anthropic\.messages.*)$"),
    (Kind.AGENT, r"^(invoke_agent|agent_run|agent run|execute agent) .+|\.agent$|^AgentExecutor"),
    (Kind.CHAIN, r"^(invoke_workflow|workflow|execute_workflow|execute crew|execute flow)\b"),
    (Kind.CHAIN, r"^invocation$|\.(workflow|task)$|^haystack\.(async_)?pipeline\.run$"),
    (Kind.RETRIEVAL, r"retriev|^(query|search) (knowledge|vector|index)|similarity_search"),
    (
        Kind.RETRIEVAL,
        r"^(chroma|pinecone|qdrant|weaviate|milvus|lancedb|marqo)\.(query|search|peek|get)",
    ),
    (Kind.GUARDRAIL, r"guard(rail)?\b|\bmoderation\b|content_safety|policy_check"),
    (Kind.EVALUATOR, r"^evaluat|^(judge|grade|score)_|llm_as_judge"),
    (Kind.MEMORY, r"^(search|add|save|get|query|retrieve)_memory|^memory\.(search|add|save|get)"),
    (Kind.CHECKPOINT, r"^checkpoint|^compact(ion|_events)\b|summari[sz]e_history"),
)
BY_NAME = [(kind, re.compile(pattern)) for kind, pattern in NAMES]


@lru_cache(8192)
def kind_by_name(span_name: str) -> Kind | None:
    """The kind that a span's name gives away."""
    return next((kind for kind, pattern in BY_NAME if pattern.search(span_name)), None)


# Tools that are handed to a model so that it can pass control to another agent.
HANDOFF_TOOL = re.compile(
    r"^(transfer_to_\w+|transfer_back_to_\w+|handoff_to_\w+|handoff|handoff to .+)$"
)


@lru_cache(8192)
def is_handoff(tool_or_span: str) -> bool:
    """Whether a tool of this name passes control to another agent."""
    return HANDOFF_TOOL.match(tool_or_span) is not None


AGENT_IN_NAME = re.compile(
    r"^(?:invoke_agent|agent_run|agent run|execute agent) \[?(?P<after>[^\]]+)\]?$"
    r"|^(?!haystack\.)(?P<before>.+)\.(?:agent|run|arun|on_messages_stream|on_messages)$"
)
TOOL_IN_NAME = re.compile(
    r"^(?:execute_tool|tools/call|call_tool|tool_call) (?P<after>.+)$|^(?P<before>.+)\.tool$"
)


def name_inside(pattern: re.Pattern[str], span_name: str) -> str:
    """The agent or tool that a span's name contains, else empty."""
    found = pattern.match(span_name)
    said = (found["after"] or found["before"] or "").strip() if found else ""
    return "" if said in NAMELESS else said
