line = Uma dica, se quiser: { $hint }
real_person = pessoas reais muitas vezes saem erradas ou são bloqueadas; uma pessoa inventada funciona melhor.
lettering = modelos de imagens erram textos longos; peça uma área vazia e coloque as palavras você mesmo.
tiny_text = texto pequeno sai ilegível; deixe de fora e coloque você mesmo.
logo = logotipos, códigos QR e marcas-d'água saem errados; coloque os de verdade depois.
screenshot = deixe dados internos e de clientes fora das imagens; descreva a cena.
styles = foto e desenho não combinam bem na mesma imagem; escolha um.
