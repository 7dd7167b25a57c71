"""Mail providers where anybody gets an address: such a domain names no company."""

# Not all of them, but those that people use at work by mistake.
# fmt: off
FREE_MAIL = frozenset({
    "aol.com", "arcor.de", "bluewin.ch", "bt.com", "btinternet.com", "comcast.net", "email.com",
    "fastmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de",
    "gmx.net", "googlemail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es",
    "hotmail.fr", "hotmail.it", "icloud.com", "laposte.net", "libero.it", "live.co.uk", "live.com",
    "live.de", "live.fr", "live.nl", "mac.com", "mail.com", "mail.de", "mail.ru", "mailbox.org", "me.com",
    "msn.com", "naver.com", "o2.pl", "online.de", "orange.fr", "outlook.com", "outlook.de", "outlook.es",
    "outlook.fr", "pm.me", "posteo.de", "proton.me", "protonmail.ch", "protonmail.com", "qq.com",
    "rediffmail.com", "rocketmail.com", "seznam.cz", "sfr.fr", "sky.com", "t-online.de", "tuta.com",
    "tutanota.com", "verizon.net", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "yahoo.ca",
    "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.br", "yahoo.de", "yahoo.es",
    "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "zoho.com", "126.com", "163.com",
})
# fmt: on
