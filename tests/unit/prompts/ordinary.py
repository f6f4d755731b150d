"""Prompts as people write them, with the digits, names and moods that are harmless. None of them is a reason to ask."""

ORDINARY = """
a red bicycle leaning against a yellow wall
a knight fights a dragon on a bridge at dawn
cozy cabin in the snow, warm light in the windows, 35mm film
portrait of an old fisherman, 85mm f/1.8, golden hour
isometric room of a game developer, 3D render, 4k
a robot reading a newspaper in a 1950s diner
photo of a cat astronaut, studio lighting, ISO 100, 1/250s
flat vector icon set: home, search, settings, profile
a map of a fantasy island with mountains and three rivers
watercolor painting of Lake Como in 1920
neon sign that says OPEN 24/7 in a rainy street
a birthday cake with the number 40 on top
wallpaper 3840x2160, abstract waves, blue and teal
logo idea for a bakery called Sunrise, minimal
a calendar page for March 2026 with cherry blossoms
an infographic about the water cycle, clean, flat
a movie poster for a 1980s science fiction film
steampunk airship over London, 1888, fog
a football player celebrating a goal in minute 90
a chess board, checkmate in 3 moves, dramatic light
a diagram with four boxes: plan, build, test, ship
a watch showing 10:10 on a marble table
a license plate that reads HELLO
seed 1234567890, a castle on a hill
--ar 16:9 --seed 4155552671 a mountain lake
a train at platform 9 3/4, fog, morning
retro computer with a green terminal, 640x480
a phone booth in a field of poppies
a person calling a taxi in New York, 1970s
old rotary telephone on a wooden desk
an email icon made of paper, origami style
a credit card made of glass, macro photo
a treasure chest full of keys and gold coins
the secret garden, overgrown, magical light
a key and a lock, engraving, 18th century
token economy illustrated as ants carrying coins
a password written on a sticky note on a monitor, blurred
bank of a river with willow trees
a bank robber mouse in a cartoon heist
barcode pattern as a zebra skin
pi to ten digits: 3.1415926535 as a spiral
the years 1914 to 1918 as a timeline, muted colours
route 66 sign in the desert
a racing car with number 44, motion blur
coordinates 52.5200, 13.4050 on a vintage map
temperature chart from -20 to 40 degrees
a receipt with total 12.50, close up
color palette #ff8800 #0044cc #222222
gradient from #aabbcc to #112233, soft
1536x1024 landscape of Iceland
aspect ratio 3:2, product photo of a ceramic mug
top 10 mountains of the world, height 8848 m, poster
bus stop at 7:45 am, winter
date 2024-12-31, fireworks over a harbour
from 01.02.2023 to 03.04.2023, a plant growing, time lapse
a scoreboard showing 3 - 2 in a small stadium
a thermometer at 39.5, cartoon, sick teddy bear
binary code 01001000 01101001 as rain
a library with 1000000 books
population growth from 1000000 to 8000000000, abstract
serial number 12345678 stamped in metal
model T-800 style robot made of cardboard
version 2.0.1 release banner, confetti
version 10.15.7 sticker on a laptop made of wood
12 monkeys playing 12 drums
a lottery ticket with numbers 4 8 15 16 23 42
fibonacci 1 1 2 3 5 8 13 21 34 55 89 as a shell
a domino line of 500 tiles
a dress with 1000 beads, close up, 100mm macro
a boat named Aurora 7 in a harbour
soccer jersey with number 10, back view
a lighthouse at dusk, long exposure
a fox sleeping in autumn leaves
two children flying a kite on the beach
a grandmother teaching her grandson to bake bread
a jazz trio in a smoky bar, oil painting
an empty train station at night, cinematic
a bowl of ramen, steam, top view
a street market in Marrakesh, vibrant
macro photo of a dragonfly on a reed
a paper boat in a puddle reflecting the sky
an astronaut planting a tree on Mars
a whale swimming through clouds
a tiny house on the back of a turtle
a medieval blacksmith at work, sparks
a samurai under cherry blossoms, ink wash
a viking ship in a storm
a witch brewing tea with her cat
a pirate map with a red X
a friendly monster under the bed
a vampire reading a bedtime story
a zombie gardener watering plants, cartoon
a skeleton playing the violin, day of the dead style
haunted house with pumpkins, halloween card
a dark forest with glowing mushrooms
a thunderstorm over wheat fields
a volcano erupting at night
a wounded soldier writing a letter, 1916, sepia
a boxing match in a gym, black and white
a superhero made of vegetables
an epic battle between toy soldiers
a tank made of chocolate
a sword in a stone, rays of light
an angry goose chasing a postman
a crying child comforted by a dog
a detective with a magnifying glass, noir
a ghost ship in moonlight
a black hole swallowing a star
a meteor shower over a lake
a lion roaring at sunrise
a shark smiling at a diver
a spider web with dew
a snake around an apple tree
a bull in a china shop
dead leaves on a pond, macro
a burning candle in a dark room
fire dancers on a beach
a red alarm clock on a nightstand
a cemetery in autumn fog
a chess queen shattering, slow motion
bloody mary cocktail with celery
blood orange cut in half, studio photo
a killer whale breaching
shooting star over the desert
a photo shoot in a meadow
explosion of colours, powder, studio
a bomb shaped bath ball, pink
a gun metal grey sports coupe
a rifle scope view replaced by a flower field
a pencil sketch of hands
anatomy drawing of a horse
x-ray of a fish, blue tones
a cutaway of a submarine
blueprint of a spaceship
exploded view of a mechanical watch
a knitted dinosaur
a felt forest with felt animals
claymation snail with a suitcase
stained glass window with a heron
mosaic of a peacock
a tapestry showing a hunt
linocut of a raven
risograph poster with sunflowers
low poly mountains
voxel city at night
pixel art tavern
synthwave sunset with palm trees
brutalist building in fog
a brutal winter landscape
art nouveau perfume poster
bauhaus composition with circles
ukiyo-e wave with surfers
cubist guitar
impressionist garden party
baroque still life with lemons
rococo living room for a cat
gothic cathedral interior
an igloo library
a treehouse village
underwater city in a bubble
a floating market in the sky
a desert caravan under stars
rice terraces at sunrise
northern lights above a fjord
a greenhouse on the moon
hot air balloons over Cappadocia
an old tram in Lisbon
Venice in winter
Tokyo street at night, rain, umbrellas
Paris rooftops in spring
a farm in Tuscany
the Scottish Highlands with sheep
a savanna with a single acacia
a rainforest canopy from above
a coral reef full of fish
penguins in a queue
a hedgehog with a tiny umbrella
a panda doing yoga
an owl professor with glasses
a corgi surfing
three kittens in a basket
a parrot pirate on a barrel
a squirrel astronaut
a bear playing the cello
a mouse king with a crown of thorns
a rabbit magician
a penguin waiter
a robot barista
a robot and a girl watching the sunset
a drone delivering flowers
a self-driving bus in a green city
a solar farm with sheep
wind turbines at sunset
an office with many plants
a whiteboard full of sticky notes
a team meeting, flat illustration
a laptop on a desk, top view, copy space on the left
banner for a web shop, autumn colours, space for a headline
cover image for a podcast about astronomy
social media post for a yoga class, pastel
product picture of a leather bag on concrete
packaging for green tea, minimal
business card design, front and back, no text
menu board of a burger place, chalk
t-shirt print with a retro sun
sticker of a happy avocado
app icon of a compass
wedding invitation with eucalyptus
christmas card with a robin
book cover: The Last Lighthouse
album cover for ambient music
poster for a jazz festival, 12-14 July
a flag for an imaginary country
a coat of arms with a bee
a stamp with a lighthouse, 1.20
a banknote with a whale, imaginary currency
a passport photo of a cat
an ID card for a superhero dog
a QWERTY keyboard made of bread
a circuit board as a city
server room with blue light
a hacker cat at a computer, green code rain
a bearer of good news on horseback
the api of a beehive, infographic
access key to the city, golden, ceremony
a pin board with photos
a basic introduction to sailing, illustrated
client meeting in a cafe, watercolour
state-of-the-art kitchen-2024-edition-showroom
DSC_20231231_123456.jpg as an oil painting
IMG_4032 remade in watercolor
ein roter Ballon \u00fcber Berlin, 16:9
un ch\u00e2teau dans la brume, 1910
una calle de La Habana con coches antiguos
\u4e00\u53ea\u5728\u6708\u7403\u4e0a\u559d\u8336\u7684\u718a\u732b
\u6843\u306e\u82b1\u3068\u5bcc\u58eb\u5c71\u3001\u6c34\u5f69\u753b
\u0437\u0438\u043c\u043d\u0438\u0439 \u043b\u0435\u0441 \u043d\u0430 \u0440\u0430\u0441\u0441\u0432\u0435\u0442\u0435
a photograph taken on 35 mm, Kodak Portra 400, 1995
shot at 24-70mm f/2.8, 1/1000, ISO 3200
8k, ultra detailed, octane render, 50mm, 16:9
2 by 2 grid of 4 seasons, 1024x1024 each
1 apple, 2 pears, 3 plums, 4 cherries on a table
a cube of 27 smaller cubes, 3 x 3 x 3
a ruler from 0 to 30 cm
a clock tower at 12:00, 1200 people below
a stadium with 80 000 spectators
1 000 000 lanterns on a river
a speedometer at 120 km/h
a rocket launch countdown 10 9 8 7 6 5 4 3 2 1
a crossword puzzle with 15 x 15 squares
sheet music of a waltz in 3/4
the number 5 made of balloons
house number 221B, Victorian door
apartment 4b, 2nd floor, cozy
gate B12 at an airport, departures board
flight LH 1234 boarding, watercolor
warehouse shelf A-12-07 with boxes
the Apollo 11 lander, 20 July 1969
Beethoven's 9th as a landscape
Formula for water, H2O, as bubbles
E = mc2 on a blackboard
a periodic table of desserts
""".strip().splitlines()
