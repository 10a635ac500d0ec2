"""The pages of reviews, but for those of one decision."""

from django.urls import path

from ui.views import review_mentions, review_queues, review_rates, reviews

urlpatterns = [
    path("p/<path:project>/audit/reviews/", reviews.all_reviews, name="reviews"),
    path("p/<path:project>/audit/reviews/queues/", review_queues.all_queues, name="review-queues"),
    path(
        "p/<path:project>/audit/reviews/queues/new/",
        review_queues.new_queue,
        name="new-review-queue",
    ),
    path(
        "p/<path:project>/audit/reviews/queues/<int:queue>/",
        review_queues.edit_queue,
        name="review-queue",
    ),
    path(
        "p/<path:project>/audit/reviews/queues/<int:queue>/remove/",
        review_queues.drop_queue,
        name="remove-review-queue",
    ),
    path(
        "p/<path:project>/audit/reviews/two-people/",
        review_queues.two_persons,
        name="two-persons",
    ),
    path(
        "p/<path:project>/audit/reviews/mentions/",
        review_mentions.all_mentions,
        name="review-mentions",
    ),
    path("p/<path:project>/audit/reviews/rates/", review_rates.rates, name="review-rates"),
]
