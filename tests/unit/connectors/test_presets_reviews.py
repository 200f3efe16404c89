"""Yotpo, Bazaarvoice and Google Business Profile, in the shapes of their documented review APIs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import SourceError
from tests.unit.connectors.rest_presets import NIGHT, Brand, routes
from tests.unit.connectors.rest_server import Asked, Reply, serving

REVIEW = ("review_id", "rating", "rating_max", "product_id", "is_verified_purchase", "incentive", "helpful_count")


class TestYotpo:
    """Pages by number, a token that is fetched and stands in the query, deletions as a mark."""

    @pytest.fixture
    def brand(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
        return Brand(tmp_path, "yotpo", monkeypatch, YOTPO_SECRET_KEY="yotpo-secret")

    def review(self, number: int, **more: Any) -> dict[str, Any]:
        return {
            "id": number,
            "title": "Good &amp; crunchy",
            "content": f"Review {number}",
            "score": 5,
            "votes_up": 2,
            "votes_down": 1,
            "created_at": "2026-09-01T10:00:00.000Z",
            "updated_at": "2026-10-01T10:00:00.000Z",
            "sentiment": 0.97,
            "sku": "OAT-BAR",
            "name": "Ann B.",
            "email": "Ann@example.org",
            "reviewer_type": "verified_buyer",
            "deleted": False,
            "archived": False,
        } | more

    def service(self, reviews: list[dict[str, Any]]) -> Any:
        def page(asked: Asked) -> Any:
            if asked.params.get("utoken") != "fetched":
                return Reply({"status": {"code": 401, "message": "Unauthorized"}}, 401)
            start = (int(asked.params["page"]) - 1) * 2
            return {"reviews": reviews[start : start + 2]}

        token = {"access_token": "fetched", "token_type": "bearer"}
        return routes({"/oauth/token": token, "/v1/apps/APPKEY/reviews": page})

    def test_reviews_land_and_one_that_was_deleted_is_taken_down(self, brand: Brand) -> None:
        reviews = [self.review(1), self.review(2, score=2, reviewer_type="anonymous"), self.review(3, sku=None)]
        with serving(self.service(reviews)) as yotpo:
            (first,) = brand.land(yotpo.url, values={"app_key": "APPKEY"})
            login = yotpo.asked[0]
            reviews[0] = self.review(1, deleted=True, updated_at="2026-10-05T09:00:00.000Z")
            (second,) = brand.land(yotpo.url, NIGHT + timedelta(days=1), values={"app_key": "APPKEY"})
            asked = yotpo.asked[-1]
        assert login.body == {
            "grant_type": "client_credentials",
            "client_id": "APPKEY",
            "client_secret": "yotpo-secret",
        }
        assert (first.rows_accepted, second.rows_accepted, second.rows_duplicate) == (3, 1, 2)
        assert asked.params["since_updated_at"] == "2026-09-29" and asked.params["deleted"] == "true"
        rows = brand.rows("reviews", *REVIEW, "deleted_at")
        assert rows[0] == ("1", 5.0, 5.0, "OAT-BAR", True, "unknown", 2, None)
        assert rows[1][4] is False and rows[2][3] is None
        assert rows[3][0] == "1" and str(rows[3][-1]) == "2026-10-05 09:00:00"

    def test_a_refused_secret_is_named(self, brand: Brand) -> None:
        refused = Reply({"status": {"code": 401, "message": "Unauthorized"}}, 401)
        with (
            serving(lambda asked: refused) as yotpo,
            pytest.raises(SourceError, match="the login answered 401") as caught,
        ):
            brand.land(yotpo.url, values={"app_key": "APPKEY"})
        assert "yotpo-secret" not in str(caught.value)


class TestBazaarvoice:
    """Pages by offset in the order of changes, errors in the body with status 200."""

    @pytest.fixture
    def brand(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
        return Brand(tmp_path, "bazaarvoice", monkeypatch, BAZAARVOICE_PASSKEY="bv-secret")

    def review(self, number: int, **more: Any) -> dict[str, Any]:
        return {
            "Id": str(19452000 + number),
            "SourceClient": "brand",
            "ProductId": "OAT-BAR",
            "AuthorId": f"author-{number}",
            "ContentLocale": "en_US",
            "Title": "Fine",
            "ReviewText": "Crunchy.",
            "Rating": 4,
            "RatingRange": 5,
            "IsSyndicated": False,
            "SubmissionTime": "2026-09-01T10:00:00.000+00:00",
            "LastModificationTime": f"2026-09-{2 + number // 60:02d}T10:{number % 60:02d}:00.000+00:00",
            "LastModeratedTime": "2026-09-02T10:00:00.000+00:00",
            "ModerationStatus": "APPROVED",
            "TotalPositiveFeedbackCount": 7,
            "TotalNegativeFeedbackCount": 1,
            "ContextDataValues": {},
            "BadgesOrder": [],
            "Photos": [],
        } | more

    def service(self, reviews: list[dict[str, Any]]) -> Any:
        def page(asked: Asked) -> Any:
            start, limit = int(asked.params["Offset"]), int(asked.params["Limit"])
            return {
                "Limit": limit,
                "Offset": start,
                "TotalResults": len(reviews),
                "Locale": "en_US",
                "Results": reviews[start : start + limit],
                "Includes": {},
                "HasErrors": False,
                "Errors": [],
            }

        return routes({"/data/reviews.json": page})

    def test_reviews_land_with_what_they_say_of_purchase_and_incentive(self, brand: Brand) -> None:
        context = {"IncentivizedReview": {"Value": "true"}, "VerifiedPurchaser": {"Value": "true"}}
        reviews = [self.review(number) for number in range(230)]
        reviews[1] = self.review(1, ContextDataValues=context)
        reviews[2] = self.review(2, IsSyndicated=True, SyndicationSource={"Name": "sister-site"}, Rating=None)
        with serving(self.service(reviews)) as service:
            (landed,) = brand.land(service.url)
            asked = service.asked
        assert landed.rows_accepted == 230 and landed.rows_duplicate == 0
        assert [one.params["Offset"] for one in asked] == ["0", "99", "198", "229"]
        assert asked[0].params["Sort"] == "LastModificationTime:asc" and "Filter" not in asked[0].params
        rows = brand.rows("reviews", *REVIEW, "origin_site")
        assert rows[0] == ("19452000", 4.0, 5.0, "OAT-BAR", None, "unknown", 7, None)
        assert rows[1][4:6] == (True, "free_product")
        assert rows[2][1] is None and rows[2][-1] == "sister-site"

    def test_an_edit_is_a_new_version_and_a_rejected_review_is_found_within_a_week(self, brand: Brand) -> None:
        reviews = [self.review(1), self.review(2)]
        with serving(self.service(reviews)) as service:
            brand.land(service.url)
            reviews[0] = self.review(1, Rating=1, LastModificationTime="2026-10-05T08:00:00.000+00:00")
            (edited,) = brand.land(service.url, NIGHT + timedelta(days=1))
            assert service.asked[-1].params["Filter"].startswith("LastModificationTime:gte:17")
            del reviews[1]
            (rejected,) = brand.land(service.url, NIGHT + timedelta(days=7))
        assert (edited.rows_accepted, edited.rows_duplicate) == (1, 1)
        assert (rejected.rows_accepted, rejected.rows_removed) == (0, 1)

    def test_a_wrong_key_answers_with_status_200_and_is_an_error(self, brand: Brand) -> None:
        body = {
            "Errors": [{"Message": "The passKey provided is invalid.", "Code": "ERROR_PARAM_INVALID_API_KEY"}],
            "HasErrors": True,
            "Results": [],
            "TotalResults": 0,
        }
        with serving(lambda asked: body) as service, pytest.raises(SourceError, match="ERROR_PARAM_INVALID_API_KEY"):
            brand.land(service.url)


class TestGoogleBusiness:
    """All reviews of each place, every day."""

    @pytest.fixture
    def brand(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
        names = ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_REFRESH_TOKEN")
        return Brand(tmp_path, "google_business", monkeypatch, **{name: f"google-{name.lower()}" for name in names})

    def review(self, number: int, stars: str = "FIVE", **more: Any) -> dict[str, Any]:
        place = "accounts/1/locations/2"
        return {
            "name": f"{place}/reviews/AbF{number}",
            "reviewId": f"AbF{number}",
            "reviewer": {"displayName": "Ann", "isAnonymous": False},
            "starRating": stars,
            "createTime": "2026-09-01T10:00:00.123456789Z",
            "updateTime": "2026-09-02T10:00:00Z",
        } | more

    def land(self, brand: Brand, url: str, at: Any = NIGHT) -> Any:
        auth = {"token_url": f"{url}/token"}
        return brand.land(url, at, auth=auth, lists={"locations": ["accounts/1/locations/2", "accounts/1/locations/3"]})

    def test_reviews_of_each_place_land_and_deleted_ones_are_found_the_next_day(self, brand: Brand) -> None:
        reviews = [self.review(1, comment="Lovely"), self.review(2, "TWO"), self.review(3, "FOUR")]

        def first(asked: Asked) -> Any:
            totals = {"averageRating": 3.7, "totalReviewCount": len(reviews)}
            if asked.params.get("pageToken") == "next":
                return {"reviews": reviews[2:], **totals}
            return {"reviews": reviews[:2], "nextPageToken": "next", **totals}

        table = {
            "/token": {"access_token": "fetched", "expires_in": 3599, "token_type": "Bearer"},
            "/accounts/1/locations/2/reviews": first,
            "/accounts/1/locations/3/reviews": {},
        }
        with serving(routes(table)) as google:
            (landed,) = self.land(brand, google.url)
            login, asked = google.asked[0], google.asked[1]
            reviews[1] = self.review(2, "FIVE", updateTime="2026-10-05T07:00:00Z")
            del reviews[2]
            table["/accounts/1/locations/2/reviews"] = {"reviews": reviews, "totalReviewCount": 2}
            (again,) = self.land(brand, google.url, NIGHT + timedelta(days=1))
        assert login.form["grant_type"] == "refresh_token" and asked.headers["authorization"] == "Bearer fetched"
        assert (landed.rows_accepted, again.rows_accepted, again.rows_removed) == (3, 1, 1)
        rows = brand.rows("reviews", "review_id", "rating", "store_id", "body", "submitted_at", "author_identity_key")
        assert rows[0][:4] == ("AbF1", 5.0, "accounts/1/locations/2", "Lovely")
        assert str(rows[0][4]).startswith("2026-09-01 10:00:00.123456") and rows[0][5] is None
        assert rows[1][:4] == ("AbF2", 2.0, "accounts/1/locations/2", None)

    def test_a_place_that_is_refused_is_an_error_and_no_place_without_reviews(self, brand: Brand) -> None:
        denied = Reply({"error": {"code": 403, "message": "for ann", "status": "PERMISSION_DENIED"}}, 403)
        table = {
            "/token": {"access_token": "fetched"},
            "/accounts/1/locations/2/reviews": denied,
            "/accounts/1/locations/3/reviews": {},
        }
        with serving(routes(table)) as google, pytest.raises(SourceError, match=r"403 \(403, PERMISSION_DENIED\)"):
            self.land(brand, google.url)
