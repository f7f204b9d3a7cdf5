#!/usr/bin/python3
"""A browser for WebKitWebDriver, a window a tab, with its data on disk.

MiniBrowser, which Debian ships for this, forgets all it stored when it ends. PROFILE names the folder.
The interpreter is Debian's own: python3-gi belongs to that one.
"""

import os

import gi

gi.require_version('Gtk', '3.0')
gi.require_version('WebKit2', '4.1')
from gi.repository import Gtk, WebKit2  # noqa: E402

profile = os.environ['PROFILE']
data = WebKit2.WebsiteDataManager(
    base_data_directory=os.path.join(profile, 'data'),
    base_cache_directory=os.path.join(profile, 'cache'),
)
context = WebKit2.WebContext.new_with_website_data_manager(data)
context.set_automation_allowed(True)


# Safari has them; here they are off unless asked for.
settings = WebKit2.Settings()
features = WebKit2.Settings.get_all_features()
for feature in (features.get(at) for at in range(features.get_length())):
    if feature.get_identifier() in ('StorageAPI', 'FileSystem', 'AccessHandle'):
        settings.set_feature_enabled(feature, True)


def open_view(*_):
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True, settings=settings)
    window = Gtk.Window()
    window.set_default_size(800, 600)
    window.add(view)
    view.connect('close', lambda _: window.destroy())
    window.show_all()
    return view


def on_automation(_, session):
    about = WebKit2.ApplicationInfo.new()
    about.set_name('MiniBrowser')
    about.set_version(
        WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()
    )
    session.set_application_info(about)
    session.connect('create-web-view', open_view)


context.connect('automation-started', on_automation)
Gtk.main()
