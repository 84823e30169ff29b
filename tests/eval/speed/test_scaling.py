"""Made-up statements for the growth measurement: made of real sentences, all different, with vectors of their own."""

import numpy as np

from eval.speed.scaling import MixingEncoder, Recipe, Sentences, made_up_documents
from qa_service.indexing.tokens import BITS, DIMENSIONS, TokenCodec
from tests.fakes import FakeEncoder

TEXTS = ["Trams run at night.", "They stop at the harbour.", "Apples wither.", "Cider is cheap.", "Nobody pays."]
GROUPS = [range(2), range(2, 4), range(4, 5)]


def test_statements_are_made_of_sentences_and_encoded_as_their_mean() -> None:
    real = FakeEncoder()
    recipes: dict[str, Recipe] = {}
    transcripts = list(made_up_documents(TEXTS, GROUPS, 1500, recipes))
    assert [len(t.exchanges[0].answers) for t in transcripts] == [1000, 500]
    for transcript in transcripts:
        for paragraph in transcript.exchanges[0].answers[:20]:
            piece = paragraph.piece
            assert transcript.document.text[piece.start : piece.end] == piece.text
    encoded = real.encode_passages(TEXTS)
    encoder = MixingEncoder(real, Sentences(TEXTS, GROUPS, encoded.sentences, encoded.tokens), recipes)
    text = next(text for text, recipe in recipes.items() if len(recipe) > 1)
    batch = encoder.encode_passages([text, text])
    assert not np.allclose(batch.sentences[0], batch.sentences[1])  # noise makes no two alike
    np.testing.assert_allclose(np.linalg.norm(batch.sentences, axis=1), 1, rtol=1e-5)
    words = [text[start:end] for start, end in batch.tokens[0].spans]
    assert words == [text[start:end] for start, end in real.token_spans(text)]
    assert TokenCodec.fit(batch.tokens[0].vectors).encode(batch.tokens[0].vectors).shape[1] == DIMENSIONS * BITS // 8
