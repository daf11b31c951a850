import type { BundleFault } from '../../shared/history/verify-bundle.ts'
import type { Language } from './language.ts'

interface Pair {
  readonly zh: string
  readonly en: string
}
const pair = (zh: string, en: string): Pair => ({ zh, en })

const FAULTS: Readonly<Record<BundleFault, Pair>> = {
  bad_zip: pair('文件不完整，或不是证据包', 'The file is cut, or no bundle'),
  duplicate_part: pair('包内有重名文件', 'A name is there twice'),
  bad_key: pair('所选公钥不是 Ed25519 公钥', 'The chosen key is no Ed25519 public key'),
  no_manifest: pair('没有清单，不是证据包', 'It has no manifest: no bundle'),
  bad_manifest: pair('清单无法读取', 'The manifest cannot be read'),
  bad_signature: pair('清单或签名被改动', 'The manifest or its signature was changed'),
  wrong_signer: pair('由另一把密钥签名，不是所选站点', 'Signed by another key than the site’s'),
  missing_part: pair('缺少文件', 'A part is missing'),
  wrong_part: pair('文件被改动', 'A part was changed'),
  unreadable_part: pair('文件被改动，无法解压', 'A part was changed and cannot be unpacked'),
  extra_part: pair('多出清单之外的文件', 'A part is not in the manifest'),
  broken_chain: pair('变更链断开：有变更缺失或被替换', 'The chain of changes is broken'),
  bad_history: pair('变更记录无法读取', 'The log in it cannot be read'),
}

/** Texts of the page that checks a bundle. */
export const VERIFY_TEXTS = {
  title: pair('核对证据包', 'Check an evidence bundle'),
  local: pair(
    '在本机浏览器内核对，不上传任何内容，断网也能用。',
    'Done in this browser: nothing is uploaded, no network is needed.',
  ),
  bundle: pair('证据包（.zip）', 'Bundle (.zip)'),
  key: pair('站点公钥（.pub）', 'Key of the site (.pub)'),
  keyHint: pair(
    '须从站点另行取得。包内自带的公钥只能说明包是完整的，不能说明由谁制作。',
    'Have it from the site itself. The one in the bundle shows only that the bundle is whole, not who made it.',
  ),
  check: pair('核对', 'Check'),
  checking: pair('正在核对…', 'Checking…'),
  unread: pair('文件读到一半出错，请重新选择', 'The file could not be read to its end; choose it again'),
  holds: pair('完整，且由该站点签名', 'Whole, and signed by the site'),
  whole: pair('完整，但签名者未知', 'Whole, signer unknown'),
  wholeHint: pair('未提供站点公钥，不能确认由谁制作', 'Without the site’s key it is not known who made it'),
  fails: pair('不成立', 'Does not hold'),
  firstDifference: pair('第一处不同', 'First difference'),
  range: pair('时段', 'Range'),
  madeAt: pair('制作于', 'Made at'),
  reason: pair('用途', 'Purpose'),
  parts: pair('文件', 'Parts'),
  chunks: pair('变更链', 'Chain'),
  chunksOf: pair('环', 'links'),
  people: pair('居民与网格员', 'Residents and workers'),
  peopleIn: pair('包含', 'Included'),
  peopleOut: pair('不含', 'Not included'),
  language: pair('English', '中文'),
} satisfies Record<string, Pair>

export type VerifyTextKey = keyof typeof VERIFY_TEXTS

export function verifyText(language: Language, key: VerifyTextKey): string {
  return VERIFY_TEXTS[key][language]
}

export function bundleFaultText(language: Language, code: BundleFault): string {
  return FAULTS[code][language]
}
