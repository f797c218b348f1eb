"""Rotation: a new generation of a key, and how long the old one is taken."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.keys import Maker


def rotated(maker: Maker, key_id: str, **terms: object) -> dict[str, Any]:
    answer = maker.send("POST", f"/auth/api-keys/{key_id}/rotate", terms)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["data"]
    return made


def test_both_generations_are_taken_until_the_overlap_ends(maker: Maker) -> None:
    old = maker.make(allowedCidrs=["127.0.0.0/8"], metadata={"team": "ops"})
    new = rotated(maker, old["id"], overlapSeconds=60)
    kept = ("name", "scopes", "lineageId", "allowedCidrs", "metadata", "orgId")
    assert {name: new[name] for name in kept} == {name: old[name] for name in kept}
    assert (old["generation"], new["generation"]) == (1, 2)
    assert [maker.use(key["key"]).status_code for key in (old, new)] == [200, 200]
    maker.world.run("update api_keys set expires_at = now() where id = %s", old["id"])
    assert [maker.use(key["key"]).status_code for key in (old, new)] == [401, 200]


def test_without_overlap_the_old_one_ends_at_once(maker: Maker) -> None:
    old = maker.make()
    new = rotated(maker, old["id"], overlapSeconds=0)
    assert [maker.use(key["key"]).status_code for key in (old, new)] == [401, 200]


def test_a_rotation_never_prolongs_the_old_key(maker: Maker) -> None:
    end = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    old = maker.make(expiresAt=end)
    new = rotated(maker, old["id"], overlapSeconds=30 * 86400)
    seen = maker.send("GET", f"/auth/api-keys/{old['id']}").json()["data"]
    assert seen["expiresAt"] == old["expiresAt"]
    lives = [datetime.fromisoformat(key["expiresAt"]) - datetime.fromisoformat(key["createdAt"]) for key in (old, new)]
    assert abs(lives[0] - lives[1]) < timedelta(seconds=1)


def test_a_lineage_shares_its_budget_and_its_limit(maker: Maker) -> None:
    old = maker.make(budget=3)
    new = rotated(maker, old["id"])
    assert [maker.use(key["key"]).status_code for key in (old, new, old, new)] == [200, 200, 200, 429]
    old = maker.make(requestsPerMinute=2)
    new = rotated(maker, old["id"])
    assert [maker.use(key["key"]).status_code for key in (old, new, old)] == [200, 200, 429]


def test_only_the_newest_living_generation_is_rotated(maker: Maker) -> None:
    old = maker.make()
    new = rotated(maker, old["id"])
    assert maker.send("POST", f"/auth/api-keys/{old['id']}/rotate", {}).status_code == 409
    maker.send("DELETE", f"/auth/api-keys/{new['id']}")
    assert maker.send("POST", f"/auth/api-keys/{new['id']}/rotate", {}).status_code == 409


def test_nobody_rotates_a_key_that_may_do_more_than_they(maker: Maker) -> None:
    old = maker.make("billing:write")
    admin = Maker(maker.world, maker.functions, maker.world.member(maker.organization, "admin"), maker.organization)
    assert admin.send("POST", f"/auth/api-keys/{old['id']}/rotate", {}).status_code == 403
    new = rotated(admin, maker.make("members:read")["id"])
    assert new["makerId"] == str(admin.person.id)


def test_the_end_of_a_rotated_key_is_not_put_off(maker: Maker) -> None:
    old = maker.make()
    rotated(maker, old["id"], overlapSeconds=60)
    path = f"/auth/api-keys/{old['id']}"
    assert maker.send("PATCH", path, {"expiresAt": None}).status_code == 409
    assert maker.send("PATCH", path, {"name": "old"}).status_code == 200


def test_a_lineage_has_so_many_living_keys_and_no_more(maker: Maker) -> None:
    newest = maker.make()
    for _ in range(5):
        newest = rotated(maker, newest["id"])
    assert maker.send("POST", f"/auth/api-keys/{newest['id']}/rotate", {}).status_code == 409
    rotated_away = "update api_keys set expires_at = now() where lineage_id = %s and generation = 1"
    maker.world.run(rotated_away, newest["lineageId"])
    rotated(maker, newest["id"])
