"""Accounts: each kind of process reaches what it needs, and nothing else."""

from deploy.accounts import BACKUP, OPERATOR, accounts

EVERY = {account.name: account for account in accounts("lotsen")}
SERVICES = ("applications", "events", "participants", "reporting")


def test_no_two_services_reach_the_same_database() -> None:
    reached = [
        {database for name in (service, f"{service}-worker") for database in EVERY[name].databases}
        for service in SERVICES
    ]
    assert sum(len(databases) for databases in reached) == len(set.union(*reached))


def test_only_the_api_writes_the_keys_of_contents_and_backups_read_them() -> None:
    assert {name for name, account in EVERY.items() if any(one.endswith("_keys") for one in account.databases)} == set(
        SERVICES
    )
    assert [name for name, account in EVERY.items() if account.reads] == [BACKUP]
    assert not EVERY[BACKUP].databases


def test_only_a_services_own_worker_publishes_for_it_and_the_api_signs_in_to_no_broker() -> None:
    publishers = {name: account.publishes for name, account in EVERY.items() if name != OPERATOR}
    assert {name: topics for name, topics in publishers.items() if topics} == {
        f"{service}-worker": (f"lotsen.{service}",) for service in SERVICES
    }
    assert all(not EVERY[service].groups and not EVERY[service].follows for service in SERVICES)


def test_workers_follow_what_their_read_models_are_folded_from() -> None:
    assert EVERY["reporting-worker"].follows == tuple(f"lotsen.{service}" for service in SERVICES)
    assert "lotsen.reporting" not in EVERY["events-worker"].follows
