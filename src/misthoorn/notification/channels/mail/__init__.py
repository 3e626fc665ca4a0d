from misthoorn.notification.channels.mail.channel import MailChannel

__all__ = ["MailChannel"]
