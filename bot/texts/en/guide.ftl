title = Your picture, step by step
title_template = Template: { $name }
form_text = Only the subject is needed. You see the finished wording before anything is sent.
submit = Show the wording
choose = Where would you like to start?
choose_how = Pick one of this community's templates, or start without one. You can change everything before it's sent.
without_template = Without a template
template = Template
ready = This is the wording. Nothing has been sent yet.
wording_title = Edit the wording
sent = On its way.
dropped = Discarded. Nothing was sent.
over = There's a newer wording, or this one is gone. Type /imagine-guide to start again.
not_yours = Only the person who wrote this wording can do that. Type /imagine-guide to write your own.
no_templates = There's no template “{ $name }”, because this community has no templates yet. Type /imagine-guide alone to start without one.
unknown_template = There's no template “{ $name }” here. The templates are: { $names }.
no_subject = Please say what the picture should show: the subject is the only field that can't be empty.
no_words = The wording is empty, so there's nothing to show. Please type what you'd like to see.
too_long = { $part } has { $length } characters, and { $most } fit. Please shorten it.
prompt_too_long = Together that's { $length } characters, and the image model takes { $most }. Please shorten a field.

## part

part-use = Use case
part-subject = Subject
part-scene = Scene
part-style = Style
part-composition = Composition
part-constraints = Constraints

## hint

hint-subject = One thing, clearly: a friendly red robot
hint-scene = Where and when: a foggy harbour at dawn
hint-style = Choose one style, such as flat illustration, watercolour or photo
hint-composition = Ratio and free area: 16:9, free area for a title at the top
hint-constraints = What must not be in the picture

## use

use-any = Something else
use-cover = Article cover
use-social = Social post
use-product = Product picture
use-diagram = Diagram
