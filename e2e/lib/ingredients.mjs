// What records are made of: values of every kind, and texts on either side of every limit.
import { readFileSync } from 'node:fs'

/** Characters as a reader sees them, of many lengths in bytes and code points. */
export const CHARACTERS = {
  ascii: 'a',
  twoBytes: 'é',
  threeBytes: '水',
  fourBytes: '🌳',
  combining: 'e\u0301\u0323',
  family: '👩‍👩‍👦‍👦',
  flag: '🇰🇪',
  conjunct: 'क्ष',
  hangul: '\u1112\u1161\u11ab',
  lineEnd: '\r\n',
}

const RAW = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
const DRISL = 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a'
const VERSION_0 = 'QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR'
const OTHER_BASE = 'zdj7WhuEjrB52m1BisYCtmjH1hSKa7yZ3jEZ9JcXaFRD51wVz'
const OTHER_CODEC = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'

export const link = (cid) => ({ $link: cid })
export const bytes = (length) => ({ $bytes: Buffer.alloc(length, 7).toString('base64').replace(/=+$/, '') })
export const blob = (mimeType, size, ref = link(RAW)) => ({ $type: 'blob', ref, mimeType, size })

/** One value of each kind; a field of one kind is given all the others. */
export const KINDS = {
  null: null,
  boolean: true,
  integer: 7,
  text: 'text',
  list: [],
  filledList: [1, 'two'],
  object: {},
  namedObject: { $type: 'org.example.unheard' },
  bytes: bytes(3),
  link: link(RAW),
  blob: blob('image/png', 1),
  oldBlob: { cid: RAW, mimeType: 'image/png' },
}

/** References to data, the good one first. */
export const LINKS = [RAW, DRISL, VERSION_0, OTHER_BASE, OTHER_CODEC, 'nonsense', '', RAW.toUpperCase(), `${RAW}a`].map(
  link,
)

export const BYTES = [
  { $bytes: '' },
  { $bytes: 'AAA=' },
  { $bytes: '123' },
  { $bytes: 'AAAA=' },
  { $bytes: 'A' },
  { $bytes: '*' },
  { $bytes: 'AA-_' },
  { $bytes: 3 },
  { $bytes: 'AAAA', more: 1 },
]

/** Ways to refer to a file, given what its field accepts. */
export function blobs({ accept = ['image/png'], maxSize = 1000 }) {
  const type = accept[0].replace('*/*', 'text/plain').replace('/*', '/png')
  const [family] = type.split('/')
  const types = [
    ...accept,
    `${type}; charset=utf-8`,
    type.toUpperCase(),
    `${type}x`,
    `${family}/`,
    family,
    '',
    'text/html',
    'video/mp4',
    '*/*',
  ]
  const sizes = [0, 1, maxSize - 1, maxSize, maxSize + 1, -1, 1.5, 2 ** 53, '1', null]
  const { $type, ref, mimeType, ...noMore } = blob(type, 1)
  return [
    ...types.map((other) => blob(other, 1)),
    ...sizes.map((size) => blob(type, size)),
    ...LINKS.map((other) => blob(type, 1, other)),
    blob(type, 1, RAW),
    blob(7, 1),
    noMore,
    { ref, mimeType, size: 1 },
    { $type, mimeType, size: 1 },
    { $type, ref, size: 1 },
    { $type, ref, mimeType },
    { ...blob(type, 1), alt: 'more than a blob' },
    ...[RAW, VERSION_0, OTHER_BASE, 'nonsense', 7].map((cid) => ({ cid, mimeType: type })),
    { cid: RAW, mimeType: 'text/html', size: 1 },
    { cid: RAW },
  ]
}

export const INTEGERS = [0, -1, 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53) + 1, -(2 ** 53), 0.5, -1.5, 1e21, 1e300]

/** Fields that no schema declares. */
export const STRANGERS = [
  { extra: 'text' },
  { extra: null },
  { extra: 0.5 },
  { extra: 2 ** 53 },
  { extra: { $type: 'org.example.unheard', deep: [{ er: [] }] } },
  { extra: { $type: '' } },
  { extra: { $type: 5 } },
  { extra: { $type: 'blob' } },
  { extra: blob('image/png', 1) },
  { extra: blob('image/png', -1) },
  { extra: { cid: RAW, mimeType: 'image/png' } },
  { extra: { cid: 'nonsense', mimeType: 'image/png' } },
  { extra: link('nonsense') },
  { extra: { $link: RAW, more: 1 } },
  { extra: link(OTHER_CODEC) },
  { extra: { $bytes: '*' } },
  { extra: '\ud800' },
  { '\udc00': 1 },
  { '': 'no name' },
  { $future: true },
  { ['__proto__']: { polluted: true } },
  { constructor: 'text', toString: 1, hasOwnProperty: null },
  { extra: nested(20) },
  { extra: nested(28) },
  { extra: nested(29) },
  { extra: nested(30) },
  { extra: nested(31) },
  { extra: nested(32) },
  { extra: nested(33) },
  { extra: nested(60) },
]

function nested(levels) {
  return Array.from({ length: levels }).reduce((inner) => [inner], 'core')
}

/** What a union's `$type` may be besides its members' names. */
export const TYPE_NAMES = [
  'org.example.unheard',
  'org.example.unheard#part',
  'not an nsid',
  'lex:org.example.unheard',
  'blob',
  '',
  '#main',
  'a#b#c',
  7,
  null,
]

const vectors = (name) =>
  readFileSync(new URL(`../../fixtures/interop/syntax/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

const FILES = {
  'at-identifier': 'atidentifier',
  'at-uri': 'aturi',
  'record-key': 'recordkey',
}

/** Texts that are hard to judge, beside the protocol's own vectors. */
const HARD = {
  'at-identifier': ['did:plc:a', 'a.b', 'a', 'did:x', `${'a'.repeat(63)}.com`, `${'a'.repeat(64)}.com`],
  'at-uri': [
    'at://a.b',
    'at://a.b/',
    'at://a.b/c.d.e/',
    'at://a.b/c.d.e/f/',
    'at://a.b/c.d.e/f#/p',
    'at://a.b/c.d.e/f#',
    'at://a.b#/p/%zz',
    'at://a.b/c.d.e/f?q=1',
    'at://a.b/c.d.e/.',
    'at://a.b/c.d.e/%41',
    'AT://a.b',
    `at://a.b/c.d.e/${'f'.repeat(512)}`,
    `at://a.b/c.d.e/${'f'.repeat(513)}`,
  ],
  cid: [
    RAW,
    DRISL,
    VERSION_0,
    OTHER_BASE,
    OTHER_CODEC,
    'z'.repeat(20),
    'f00112233',
    'k2jmtxw',
    `b${'a'.repeat(127)}`,
    `b${'a'.repeat(200)}`,
    `z${'a'.repeat(150)}`,
    'bafkqaaa',
    'BAFKQAAA',
  ],
  datetime: [
    '2025-02-29T00:00:00Z',
    '2024-02-29T00:00:00Z',
    '2025-02-30T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-12-31T23:59:60Z',
    '2025-12-31T24:00:00Z',
    '2025-01-01T00:00Z',
    '2025-01-01T00:00:00',
    '2025-01-01',
    '2025-01-01T00:00:00z',
    '2025-01-01t00:00:00Z',
    '2025-01-01 00:00:00Z',
    '20250101T000000Z',
    '2025-01-01T00:00:00+00:00',
    '2025-01-01T00:00:00-00:00',
    '2025-01-01T00:00:00+23:59',
    '2025-01-01T00:00:00+24:00',
    '2025-01-01T00:00:00+0100',
    '2025-01-01T00:00:00.1234567890123Z',
    `2025-01-01T00:00:00.${'1'.repeat(43)}Z`,
    `2025-01-01T00:00:00.${'1'.repeat(44)}Z`,
    '2025-01-01T00:00:00,5Z',
    '2025-01-01T00:00:00.Z',
    '0000-01-01T00:00:00Z',
    '0000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+002025-01-01T00:00:00Z',
  ],
  did: [
    'did:plc:',
    'did:PLC:a',
    'did:web:a%41',
    'did:web:a%',
    'did:web:a:',
    `did:web:${'a'.repeat(2040)}`,
    `did:web:${'a'.repeat(2041)}`,
    'did:ä:b',
  ],
  handle: [
    'a.b',
    'A.B',
    'a.1b',
    '1.b',
    'a.b-',
    '-a.b',
    'a..b',
    'a.b.',
    'ä.de',
    'xn--bcher-kva.example',
    `${'a.'.repeat(126)}b`,
    `${'a.'.repeat(127)}b`,
  ],
  language: [
    'en',
    'EN',
    'e',
    'engl',
    'english',
    'de-DE-1901-1901',
    'en-a-bb-a-cc',
    'zh-min-nan',
    'zh-xiang',
    'art-lojban',
    'i-klingon',
    'I-KLINGON',
    'x-private',
    'en-',
    `en-${'abcdefgh-'.repeat(40)}abcdefgh`,
  ],
  nsid: [
    'a.b.c',
    'a.b',
    '1.b.c',
    'a.1.c',
    'a.b.1c',
    'a.b.c-d',
    'a.b-c.d',
    'a.b.C3',
    `a.b.${'c'.repeat(63)}`,
    `a.b.${'c'.repeat(64)}`,
    `${'a.'.repeat(126)}b.c`,
    `${'a.'.repeat(127)}b.c`,
  ],
  'record-key': ['self', '.', '..', '...', 'a/b', 'a b', 'ä', '%41', '~:_-.', 'a'.repeat(512), 'a'.repeat(513)],
  tid: [
    '3jzfcijpj2z2a',
    '7777777777777',
    'zzzzzzzzzzzzz',
    'kjzfcijpj2z2a',
    '3jzfcijpj2z21',
    '3jzfcijpj2z2',
    '3JZFCIJPJ2Z2A',
    '3jzf-cij-pj2z-2a',
  ],
  uri: [
    'a:b',
    'a:',
    'a:/b',
    'a://b',
    'a:///b',
    'a://',
    '1a:b',
    '_a:b',
    'a_b:c',
    'git+https://x',
    'a-b:c',
    'a.b:c',
    'é:b',
    'a:b c',
    'a:b\u00a0c',
    'a:b\ufeffc',
    'a:b\u0085c',
    'a:b\u0007c',
    'a:b\u200bc',
    'https://x/%zz',
    `${'a'.repeat(80)}:b`,
    `${'a'.repeat(81)}:b`,
    `a:${'b'.repeat(8190)}`,
    `a:${'b'.repeat(8191)}`,
  ],
}

/** Formats of which not every validator takes all that the vectors call valid. */
const EVERYBODYS = {
  cid: [RAW, DRISL],
  uri: ['https://example.org/report.pdf', 'at://did:plc:abc/a.b.c/d', 'mailto:a@b.c'],
}

const EVERYWHERE = ['', ' ', 'text', '\n', 'a\n', '\u0000', '🌳']

const pools = new Map()

/** Texts for a string format: `{ good, all }`. What is good, everybody takes. */
export function formatted(format) {
  if (!pools.has(format)) {
    const file = `${FILES[format] ?? format}_syntax`
    const valid = vectors(`${file}_valid`)
    const good = EVERYBODYS[format] ?? valid.filter((text) => text.length < 300)
    const bad = vectors(`${file}_invalid`)
    const extra = ['datetime', 'language'].includes(format) ? vectors(`${format}_parse_invalid`) : []
    const padded = good.slice(0, 3).flatMap((text) => [` ${text}`, `${text} `, `${text}\n`])
    pools.set(format, { good, all: [...valid, ...bad, ...extra, ...HARD[format], ...padded, ...EVERYWHERE] })
  }
  return pools.get(format)
}
