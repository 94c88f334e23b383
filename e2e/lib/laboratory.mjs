// Schemas of a laboratory: every constraint of the Lexicon language that the schemas in lexicons/ leave unused, and
// every string format, so that a comparison of validators meets them all.

const FORMATS = [
  'at-identifier',
  'at-uri',
  'cid',
  'datetime',
  'did',
  'handle',
  'language',
  'nsid',
  'record-key',
  'tid',
  'uri',
]

const named = (entries) => Object.fromEntries(entries)

const record = (properties, more = {}) => ({
  main: { type: 'record', key: 'any', record: { type: 'object', properties, ...more } },
})

export const LABORATORY = [
  {
    lexicon: 1,
    id: 'example.laboratory.formats',
    defs: record(named(FORMATS.map((format) => [format, { type: 'string', format }]))),
  },
  {
    lexicon: 1,
    id: 'example.laboratory.constraints',
    defs: record(
      {
        fewGraphemes: { type: 'string', minGraphemes: 2, maxGraphemes: 4 },
        bothLengths: { type: 'string', minLength: 3, maxLength: 12, minGraphemes: 1, maxGraphemes: 6 },
        oneOf: { type: 'string', enum: ['mangrove', 'seagrass', ''] },
        always: { type: 'string', const: 'always' },
        suggested: { type: 'string', knownValues: ['one', 'two'], maxLength: 5 },
        bounded: { type: 'integer', minimum: -3, maximum: 3 },
        listed: { type: 'integer', enum: [1, 5, 25] },
        fixed: { type: 'integer', const: 7 },
        yes: { type: 'boolean', const: true },
        either: { type: 'boolean' },
        bytes: { type: 'bytes', minLength: 2, maxLength: 5 },
        anyBytes: { type: 'bytes' },
        link: { type: 'cid-link' },
        anything: { type: 'unknown' },
        image: { type: 'blob', accept: ['image/*', 'application/pdf'], maxSize: 1000 },
        anyFile: { type: 'blob', accept: ['*/*'] },
        file: { type: 'blob' },
        pair: { type: 'array', minLength: 2, maxLength: 3, items: { type: 'integer', minimum: 0 } },
        grid: { type: 'array', maxLength: 2, items: { type: 'array', maxLength: 2, items: { type: 'boolean' } } },
        maybe: { type: 'string' },
        node: { type: 'ref', ref: '#node' },
        open: { type: 'union', refs: ['#node', '#leaf', 'example.laboratory.shapes'] },
        closed: { type: 'union', closed: true, refs: ['#node', '#leaf', 'example.laboratory.shapes#square'] },
      },
      { required: ['always', 'either', 'maybe'], nullable: ['maybe', 'bounded', 'node'] },
    ),
  },
  {
    lexicon: 1,
    id: 'example.laboratory.shapes',
    defs: {
      main: { type: 'object', properties: { any: { type: 'unknown' } } },
      square: { type: 'object', required: ['side'], properties: { side: { type: 'integer', minimum: 1 } } },
    },
  },
]

const node = {
  type: 'object',
  required: ['name'],
  nullable: ['note'],
  properties: {
    name: { type: 'string', maxLength: 10 },
    note: { type: 'string', maxLength: 10 },
    next: { type: 'ref', ref: '#node' },
    all: { type: 'array', items: { type: 'union', refs: ['#node', '#leaf'] } },
  },
}
LABORATORY[1].defs.node = node
LABORATORY[1].defs.leaf = { type: 'object', properties: {} }
