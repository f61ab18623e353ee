"""Charts and cards as PNG: `describe` says in words what `draw` shows; may import only `bot.core` and Pillow.

draw       the one way in             cache      drawn off the event loop, and kept
describe   the same in sentences      binning    which answers share a bar, which rows are shown
bars, histogram, board, progress      one kind of picture each
canvas     shapes and the card        palette    the colours, and the shades between them
fonts      which font has which sign  lettering  lines of text: fitted, wrapped, placed
cleaning, bidi, joining               text that anybody may have typed
"""
