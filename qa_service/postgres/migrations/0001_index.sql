-- Versions of the index.
CREATE TABLE versions (
  number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  model text NOT NULL,
  sources_sha256 text NOT NULL,
  dimension int NOT NULL,
  change bigint NOT NULL DEFAULT 0,      -- counts the changes of its documents
  next_row bigint NOT NULL DEFAULT 0,    -- rows are given out once and never again
  documents bigint NOT NULL DEFAULT 0,
  statements bigint NOT NULL DEFAULT 0,
  terms bigint NOT NULL DEFAULT 0,       -- of all statements together, for their mean length
  packed bigint NOT NULL DEFAULT 0       -- rows below this one are listed in `postings`, the others in `lexical`
);

-- Which version is answered from, and which was before.
CREATE TABLE published (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  version int NOT NULL REFERENCES versions,
  before int REFERENCES versions ON DELETE SET NULL
);

-- Files that a service fetches once: encoder, token codec, weights, spelling.
CREATE TABLE blobs (sha256 text PRIMARY KEY, content bytea NOT NULL);
ALTER TABLE blobs ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE artefacts (
  version int NOT NULL REFERENCES versions ON DELETE CASCADE,
  name text NOT NULL,
  sha256 text NOT NULL REFERENCES blobs,
  PRIMARY KEY (version, name)
);

-- From here on empty: each version has tables like these, named by its number, which are made and dropped as a whole.
-- They are no partitions: to add or drop one of these waits for everybody who reads another.
CREATE TABLE documents (
  id text PRIMARY KEY, first_row bigint NOT NULL, statements int NOT NULL,
  title text NOT NULL, language text NOT NULL, sha256 text NOT NULL, text text NOT NULL, speakers text NOT NULL,
  origin text, notes text NOT NULL, date text, date_from text, tags text NOT NULL, roles text NOT NULL,
  language_from text NOT NULL, text_sha256 text NOT NULL, reader text NOT NULL, reader_version int NOT NULL,
  media text, timeline bytea, pages bytea, locators text,
  context text NOT NULL, people text NOT NULL,
  words text,                            -- of a document that was put after the version was loaded
  file bytea, file_name text
);

CREATE TABLE exchanges (
  document text NOT NULL, section int NOT NULL, asker text, question text, asked text,
  start int, "end" int, noise text NOT NULL,
  PRIMARY KEY (document, section)
);

CREATE TABLE statements (
  "row" bigint PRIMARY KEY, id text NOT NULL UNIQUE, document text NOT NULL, section int NOT NULL,
  speaker text, text text NOT NULL, start int NOT NULL, "end" int NOT NULL, noise text NOT NULL,
  prefix text NOT NULL, suffix text NOT NULL
);
CREATE INDEX ON statements (speaker);
CREATE INDEX ON statements (document);

-- What is searched by vector; the graph is made for each version, whose vectors have one length.
CREATE TABLE vectors ("row" bigint PRIMARY KEY, embedding halfvec NOT NULL);

-- What is searched by words, of what the version was loaded with: of each term the rows that hold it, how often. The
-- lengths of all statements stand there as term -1.
CREATE TABLE postings (term int PRIMARY KEY, rows bytea NOT NULL, counts bytea NOT NULL);
ALTER TABLE postings ALTER COLUMN rows SET STORAGE EXTERNAL;
ALTER TABLE postings ALTER COLUMN counts SET STORAGE EXTERNAL;

-- The same of what was put later: the terms, and of each the part of its BM25 score that is the statement's own.
CREATE TABLE lexical ("row" bigint PRIMARY KEY, terms int[] NOT NULL, weights sparsevec NOT NULL);
CREATE INDEX ON lexical USING gin (terms) WITH (fastupdate = off);

CREATE TABLE terms (term text PRIMARY KEY, id int NOT NULL, statements bigint NOT NULL);
CREATE INDEX ON terms (id);
CREATE SEQUENCE term_ids AS int;

-- What candidates are measured by: the exact vector, compressed tokens, terms with their counts.
CREATE TABLE codes (
  "row" bigint PRIMARY KEY, vector bytea NOT NULL, tokens bytea NOT NULL, sentences bytea NOT NULL,
  terms bytea NOT NULL, counts bytea NOT NULL, length int NOT NULL
);
ALTER TABLE codes ALTER COLUMN vector SET STORAGE EXTERNAL;
ALTER TABLE codes ALTER COLUMN tokens SET STORAGE EXTERNAL;
