"""Who gets in: embedded by loopback name, otherwise by key alone."""

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from agentscope.projects import read
from agentscope.projects.members import roles_of
from agentscope.projects.models import Key, Project
from agentscope.projects.read import Access, AccessRefused, admitted, key_names, project_for
from agentscope.projects.roles import Role
from agentscope.projects.write import TOUCH_EVERY, BadName, create_key, create_project, revoke_key

pytestmark = pytest.mark.django_db
INGEST, READ = Key.Scope.INGEST, Key.Scope.READ


@pytest.fixture(autouse=True)
def _no_cached_keys():
    read._keys.clear()


@pytest.fixture
def embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True


@pytest.fixture
def shop():
    return create_project("shop")


def refusal(access: Access, scope: Key.Scope) -> int:
    with pytest.raises(AccessRefused) as refused:
        project_for(access, scope)
    assert refused.value.message
    return refused.value.status


@pytest.mark.usefixtures("embedded")
class TestEmbedded:
    def test_no_key_is_needed_and_the_default_project_is_there(self):
        assert project_for(Access(host="127.0.0.1:4318"), READ).name == "default"

    def test_sending_creates_the_named_project_reading_does_not(self):
        assert refusal(Access(project="new"), READ) == 404
        assert project_for(Access(project="new"), INGEST).name == "new"
        assert project_for(Access(project="new"), READ).name == "new"

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:4318"])
    def test_a_name_that_is_not_ours_is_dns_rebinding(self, host):
        assert refusal(Access(host=host), READ) == 403
        assert refusal(Access(host=host), INGEST) == 403

    def test_a_name_beyond_ascii_is_the_same_in_a_header_and_in_an_address(self):
        made = project_for(Access(project="Größe".encode().decode("latin-1")), INGEST)
        assert made.name == "Größe"
        assert project_for(Access(project="Größe"), READ) == made

    @pytest.mark.parametrize("name", ["\x7f", "x" * 101, "a\nb", "a\0b", "a/b"])
    def test_a_bad_name_is_refused_with_a_sentence(self, name):
        assert refusal(Access(project=name), INGEST) == 400
        assert refusal(Access(project=name), READ) == 404


class TestKeys:
    def test_a_key_names_its_project(self, shop):
        for scope in (INGEST, READ):
            _, secret = create_key(shop, scope)
            assert project_for(Access(authorization=f"Bearer {secret}"), scope) == shop
            assert project_for(Access(api_key=secret), scope) == shop

    def test_no_key_or_an_unknown_one_is_401(self, shop):
        assert refusal(Access(), INGEST) == 401
        assert refusal(Access(project="shop"), READ) == 401
        assert refusal(Access(authorization="Bearer as_nonsense"), INGEST) == 401
        assert refusal(Access(authorization="Basic as_nonsense"), INGEST) == 401

    def test_the_wrong_scope_or_another_project_is_403(self, shop):
        _, secret = create_key(shop, INGEST)
        create_project("other")
        assert refusal(Access(api_key=secret), READ) == 403
        assert refusal(Access(api_key=secret, project="other"), INGEST) == 403

    def test_a_revoked_key_stops_working_within_seconds(self, shop):
        key, secret = create_key(shop, INGEST)
        project_for(Access(api_key=secret), INGEST)
        revoke_key(key)
        read._keys.clear()  # what a few seconds do
        assert refusal(Access(api_key=secret), INGEST) == 401

    def test_only_a_digest_is_stored(self, shop):
        key, secret = create_key(shop, INGEST)
        row = Key.objects.values().get(pk=key.pk)
        assert secret not in str(row)
        assert secret.startswith(row["prefix"])

    def test_last_use_is_noted_once_a_minute(self, shop, django_assert_num_queries):
        key, secret = create_key(shop, INGEST)
        project_for(Access(api_key=secret), INGEST)
        key.refresh_from_db()
        assert key.last_used_at
        with django_assert_num_queries(0):
            project_for(Access(api_key=secret), INGEST)
        with time_machine.travel(timezone.now() + 2 * TOUCH_EVERY):
            project_for(Access(api_key=secret), INGEST)
        before = key.last_used_at
        key.refresh_from_db()
        assert key.last_used_at > before


class TestNames:
    def test_a_key_is_called_by_its_label_and_number(self, shop, django_assert_num_queries):
        ci, secret = create_key(shop, INGEST, " ci \n of  the shop " + "x" * 200)
        bare, _ = create_key(shop, READ)
        wanted = {
            ci.pk: f"{('ci of the shop ' + 'x' * 200)[:100]} #{ci.pk}",
            bare.pk: f"#{bare.pk}",
        }
        assert key_names(shop.pk, [ci.pk, bare.pk]) == wanted
        assert secret[:9] not in ci.name
        with django_assert_num_queries(0):
            assert key_names(shop.pk, [ci.pk]) == {ci.pk: ci.name}
            assert key_names(shop.pk, []) == {}

    def test_one_of_another_project_or_gone_is_a_number(self, shop):
        other = create_project("other")
        foreign, _ = create_key(other, INGEST, "theirs")
        assert key_names(other.pk, [foreign.pk]) == {foreign.pk: foreign.name}
        assert key_names(shop.pk, [foreign.pk, 0]) == {foreign.pk: f"#{foreign.pk}", 0: "#0"}


class TestWhoIsAdmitted:
    def test_a_key_comes_along(self, shop):
        key, secret = create_key(shop, INGEST)
        assert admitted(Access(api_key=secret), INGEST) == (shop, key)

    @pytest.mark.usefixtures("embedded")
    def test_embedded_one_of_the_project_does_if_it_is_sent(self, shop):
        key, secret = create_key(shop, INGEST)
        said = Access(api_key=secret, project="shop", host="localhost")
        assert admitted(said, INGEST) == (shop, key)
        key.refresh_from_db()
        assert key.last_used_at is not None
        revoke_key(key)
        read._keys.clear()
        other = Access(api_key=secret, project="other", host="localhost")
        for access in (said, other, Access(project="shop", host="localhost")):
            assert admitted(access, INGEST).key is None


class TestCommands:
    def test_make_a_project_and_a_key_and_revoke_it(self, capsys):
        call_command("create_project", "shop")
        capsys.readouterr()
        call_command("create_key", "shop", "--label", "ci")
        told = capsys.readouterr()
        secret = told.out.strip()
        assert project_for(Access(api_key=secret), INGEST).name == "shop"
        assert told.err == f"Budgets and alerts call it “ci #{Key.objects.get().pk}”.\n"
        call_command("revoke_key", secret[:9])
        read._keys.clear()
        assert refusal(Access(api_key=secret), INGEST) == 401

    def test_say_what_is_wrong(self, django_user_model):
        django_user_model.objects.create_user("ada")
        for command in (
            ["create_key", "nowhere"],
            ["revoke_key", "as_nothing"],
            ["create_project", "a/b"],
            ["add_member", "nowhere", "nobody"],
            ["add_member", "nowhere", "ada"],
            ["add_member", "nowhere", "ada", "--everywhere"],
        ):
            with pytest.raises(CommandError):
                call_command(*command)

    def test_let_a_member_in(self, shop, django_user_model):
        user = django_user_model.objects.create_user("alice")
        call_command("add_member", "shop", "alice")
        assert roles_of(user) == {shop: Role.VIEWER}
        call_command("add_member", "default", "alice", "--role", "owner", "--everywhere")
        assert roles_of(user) == {shop: Role.OWNER}
        with pytest.raises(CommandError, match="without an owner"):
            call_command("add_member", "default", "alice", "--everywhere")


def test_a_project_is_made_once():
    assert create_project("shop") == create_project("shop")
    assert Project.objects.filter(name="shop").count() == 1
    with pytest.raises(BadName, match="printable"):
        create_project("\t")
