"""Handing messages over: at least once, and twice only when a worker dies between the relay's answer and its record."""

from misthoorn.notification.delivery.handover import Delivery

__all__ = ["Delivery"]
