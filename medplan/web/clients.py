"""What each calendar program does with a feed, and how to add one there.

Said plainly, also where it disappoints: who relies on a reminder must know that none will come.
Source: the programs' own sources and what their users report, read in November 2026. Knows no feed
and no plan.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """A calendar program: how to add a feed, what becomes of its alarms, how late changes come.

    `keeps` says who stores the feed's text besides the patient, None for nobody.
    """

    id: str
    name: str
    steps: tuple[str, ...]
    alarms: str
    refresh: str
    keeps: str | None = None


CLIENTS = (
    Client(
        "google",
        "Google Calendar",
        (
            "Open calendar.google.com on a computer; the phone app can't add an address.",
            "Beside “Other calendars” choose +, then “From URL”.",
            "Paste the address and choose “Add calendar”. It then shows on your phone too.",
        ),
        "It drops the feed's alarms. In the calendar's settings on the web, under “Event "
        "notifications”, add your own.",
        "When it likes: often within 4 to 24 hours, sometimes later. There is no setting.",
        "Google",
    ),
    Client(
        "apple",
        "Apple Calendar (iPhone, iPad, Mac)",
        (
            "Open the link for Apple Calendar above on the device, and choose “Subscribe”.",
            "Or in Calendar choose “Add Subscription Calendar” and paste the address.",
            "Untick “Remove Alerts” if your feed has alarms.",
        ),
        "It removes them unless you untick “Remove Alerts”.",
        "On a Mac you choose, from 5 minutes to a week. A phone follows its Fetch settings.",
    ),
    Client(
        "outlook",
        "Outlook",
        (
            "In Outlook on the web or the new Outlook choose “Add calendar”.",
            "Choose “Subscribe from web”, paste the address that begins with https, and import.",
        ),
        "It ignores the feed's alarms.",
        "About every 3 hours, up to a day.",
        "Microsoft",
    ),
    Client(
        "thunderbird",
        "Thunderbird",
        (
            "In the calendar choose “New Calendar”, then “On the Network”.",
            "Paste the address, without a user name, and choose “Find Calendars”.",
            "In the calendar's properties tick “Show Reminders”.",
        ),
        "It shows them if “Show Reminders” is ticked. Dismissed ones can come back.",
        "Every 30 minutes; each calendar has its own setting.",
    ),
    Client(
        "nextcloud",
        "Nextcloud",
        (
            "In Calendar choose “New calendar”, then “New subscription from link”.",
            "Paste the address and confirm.",
        ),
        "It strips them, unless its administrator chose otherwise.",
        "About every 4 hours, as the feed asks.",
        "whoever runs that Nextcloud",
    ),
    Client(
        "home-assistant",
        "Home Assistant",
        (
            "Open Settings, “Devices & services”, “Add integration”, “Remote Calendar”.",
            "Give it a name and paste the address.",
        ),
        "It ignores them, but an automation can start when an event begins: a good reminder.",
        "Once a day.",
    ),
    Client(
        "android",
        "Android with ICSx⁵",
        (
            "Install ICSx⁵ from F-Droid or Google Play.",
            "Choose +, paste the address, and choose how often to look and what to do with alarms.",
            "The events then show in your phone's own calendar.",
        ),
        "It keeps them, drops them, or adds its own: you choose. The best choice on Android.",
        "As often as you choose.",
    ),
)
