"""Word lists for the prompt lint: brands with a plain description, intense words with calmer ones. `re` patterns, case-insensitive.

Ambiguous words are left out (an apple, a jaguar, to converse): asking too often teaches people to press "Send as typed" without reading.
"""

from __future__ import annotations

from collections.abc import Mapping

BRANDS: Mapping[str, str] = {
    # brand or protected character -> what it is, in plain words
    "Coca-Cola|Coca Cola|Pepsi(?:-Cola)?|Red Bull|Fanta|Dr\\.? Pepper": "a soft drink",
    "Starbucks": "a coffee shop",
    "McDonald(?:'|\u2019)?s|Burger King|KFC|Taco Bell": "a fast food restaurant",
    "Nike|Adidas|Reebok|Converse (?:sneakers|shoes|All Stars?)": "sportswear",
    "Louis Vuitton|Gucci|Chanel|Prada|Herm\u00e8s|Balenciaga|Versace|Dior": "designer fashion",
    "Rolex|Omega Speedmaster": "a wristwatch",
    "Ferrari|Lamborghini|Porsche|Bugatti|McLaren|Maserati": "a sports car",
    "Tesla Model [3SXY]|Cybertruck": "an electric car",
    "BMW|Mercedes(?:-Benz)?|Volkswagen|Toyota|Audi": "a car",
    "Harley(?:-| )Davidson": "a motorcycle",
    "iPhone|Samsung Galaxy": "a smartphone",
    "MacBook(?: Pro| Air)?": "a laptop",
    "PlayStation(?: ?\\d)?|Xbox(?: Series [XS])?|Nintendo Switch": "a game console",
    "Lego": "toy bricks",
    "Barbie": "a fashion doll",
    "Disney(?:'s)?|Pixar(?:'s)?|DreamWorks": "an animated film",
    "Mickey Mouse|Minnie Mouse|Donald Duck": "a friendly cartoon animal",
    "Winnie[ -]the[ -]Pooh": "a friendly bear",
    "Pok\u00e9mon|Pokemon|Pikachu": "a small fantasy creature",
    "Super Mario|Luigi's Mansion|Sonic the Hedgehog": "a video game hero",
    "Hello Kitty": "a cute cat",
    "SpongeBob(?: SquarePants)?": "a cheerful sea sponge",
    "Spider-?Man|Batman|Superman|Iron Man|Wonder Woman|Captain America|Deadpool": "a superhero",
    "Darth Vader|Star Wars|Yoda|Chewbacca": "a space adventure",
    "Harry Potter|Hogwarts": "a young wizard",
    "Elsa from Frozen": "a snow queen",
    "Shrek": "a friendly ogre",
    "Simpsons": "a cartoon family",
    "Apple logos?|Google logos?|Microsoft logos?|Amazon logos?|Facebook logos?": "a simple emblem",
    "Instagram logos?|Twitter logos?|TikTok logos?": "a round sign",
    "YouTube logos?|Netflix logos?|Spotify logos?|Visa logos?|FIFA logos?|NASA logos?|Olympic rings|Olympic logos?": "a simple sign",
}
GORE: Mapping[str, str] = {
    r"blood[- ]?soaked|blood[- ]?splattered|covered in blood|drenched in blood|pools? of blood|dripping (?:with )?blood": "dusty",
    r"gor[ey]|gory|gruesome|grisly": "dramatic",
    r"dismember(?:ed|ment|ing)?|decapitat(?:ed|ion|ing|es)|behead(?:ed|ing|s)?|mutilat(?:ed|ion|ing)": "defeated",
    r"disembowel(?:ed|ment|ling)?|flayed|impaled": "defeated",
    r"severed (?:head|heads|limb|limbs|arm|arms|hand|hands)": "broken statue",
    r"entrails|intestines|guts": "debris",
    r"tortur(?:e|ed|ing)": "challenging",
    r"massacre|slaughter(?:ed|ing)?|butchered": "clash",
    r"corpses?|dead bod(?:y|ies)|rotting flesh": "fallen statue",
}
INTENSE: Mapping[str, str] = {
    r"terrif(?:ied|ying)|horrif(?:ied|ying|ic)": "surprised",
    r"horror|nightmarish|nightmare": "mystery",
    r"evil|wicked|demonic|satanic": "mysterious",
    r"screaming|shrieking|screams": "calling",
    r"panick(?:ed|ing)|in panic": "hurried",
    r"fights?|fighting|battl(?:es|ing)|attack(?:s|ing|ed)?": "meets",
    r"kill(?:s|ing|ed)?|murder(?:s|ing|ed|ous)?|slay(?:s|ing)?|stab(?:s|bing|bed)?|shoot(?:s|ing)? at": "faces",
    r"destroy(?:s|ed|ing)?|annihilat(?:es|ed|ing)|obliterat(?:es|ed|ing)": "changes",
    r"explod(?:es|ing)|explosions?|bombs?|blown up": "bright lights",
    r"blood(?:y)?|bleeding": "red",
    r"wounded|injured|mangled": "tired",
    r"dying|dead": "resting",
    r"violent(?:ly)?|brutal(?:ly)?|savage(?:ly)?|vicious(?:ly)?": "strong",
    r"red alarms?|alarms? blaring|emergency sirens?": "warm lamps",
    r"apocalyp(?:se|tic)": "stormy",
    r"guns?|rifles?|machine guns?|assault rifles?": "tools",
    r"terror|dread|agony|despair": "tension",
    r"weapons? drawn|at gunpoint|knife to": "face to face",
    r"rage|raging|enraged|furious(?:ly)?": "determined",
    r"menacing(?:ly)?|sinister|threatening": "serious",
}
