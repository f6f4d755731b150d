title = What you can do
start = Type /imagine and what you'd like to see, for example: /imagine a red bicycle in the rain
options = You can also choose a size ({ $sizes }), a quality ({ $qualities }), how many pictures (up to { $count }), and private (only you see the result until you publish it).
own = Here, the community's own image service draws, with { $models }.
text =
    Not sure what to write? /imagine-guide asks for one thing after the other and shows the wording before it's sent.

    /imagine-show lists your last requests. /imagine-status says how the image service is doing and what's left of your budget. /imagine-privacy shows what's stored about you and lets you delete it.

    If the image service blocks a prompt, a moderator takes a look. Nothing is reworded or sent again without your OK.
references = Start from a picture, too: attach up to { $most }, or press Edit this picture or Use as reference on a result. If a result shouldn't be here, press Report.
