"""The browser page of the local platform: be any member of the world, and move its clock.

server   the routes                guard    who may ask, and what every answer says to the browser
stream   who hears of changes      static/  the page: plain HTML, CSS and ES modules, no build step
"""
