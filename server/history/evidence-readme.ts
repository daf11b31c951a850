import type { Manifest } from '../../shared/history/manifest.ts'

const LOOK = {
  zh: `
观看
  先解压到一个文件夹，再用 Chrome、Edge 等浏览器打开其中的 viewer.html。无需安装，无需联网，不上传任何内容。
  观看不等于核对：要证明未被改动，请核对签名。
`,
  en: `
To look at it
  Unpack it into a folder and open viewer.html there with Chrome, Edge or the like. Nothing is installed, nothing is sent, no network is needed.
  Looking is not checking: that nothing was changed is shown by the signature.
`,
}

/** The page for whoever is handed a bundle: what it is, how to look at it, how to check it, what that does and does not prove. */
export function evidenceReadme(manifest: Omit<Manifest, 'parts'>, hasViewer: boolean): string {
  const { from, to, madeAt, reason, classes, cameras, caseId, unsealedAfter, logFrom } = manifest
  const people = classes.includes('people')
  const inChinese = [
    'log/keyframe-*     开始时刻的全部状态',
    'log/chunk-*        其后的每一条变更，逐块以 SHA-256 相连',
    unsealedAfter === null ? null : 'log/unsealed-*     制作时尚未封存的变更：已签名，但不在链中',
    cameras.length === 0
      ? null
      : 'video/*.mp4        录像，每段不超过五分钟；video/index.json 列出每段的起止时刻和没有录像的时段',
    caseId === null ? null : 'case.json          该案件的每一步',
    hasViewer ? 'viewer.html        用浏览器打开即可观看（见下）' : null,
    'manifest.json      每个文件的 SHA-256、链的每一环',
    'manifest.sig       站点密钥对 manifest.json 的 Ed25519 签名（Base64）',
    'site.pub           签名所用公钥。它来自本包，只能说明本包完整；要证明出处，须用从站点另行取得的公钥。',
  ]
  const inEnglish = [
    'log/keyframe-*     the whole state at the beginning',
    'log/chunk-*        every change after it; each chunk carries the SHA-256 of the one before',
    unsealedAfter === null ? null : 'log/unsealed-*     changes not yet sealed when this was made: signed, but not in the chain',
    cameras.length === 0
      ? null
      : 'video/*.mp4        recordings, five minutes a file at most; video/index.json tells when each begins and ends, and when there is none',
    caseId === null ? null : 'case.json          every step of the case',
    hasViewer ? 'viewer.html        open it in a browser to look (see below)' : null,
    'manifest.json      SHA-256 of every file, every link of the chain',
    'manifest.sig       Ed25519 signature of manifest.json by the key of the site (Base64)',
    'site.pub           the key that signed. It comes from this bundle, so it shows only that the bundle is whole; who made it is shown by a key had from the site.',
  ]
  const lines = (of: readonly (string | null)[]) => of.flatMap((line) => (line === null ? [] : `  ${line}`)).join('\n')
  return `证据包 / Evidence bundle

这是社区运行记录的一段：${from} 至 ${to}（协调世界时），制作于 ${madeAt}。
用途：${reason}
${people ? '包含居民和网格员记录，请按敏感个人信息保管。' : '不含居民和网格员记录。'}
${logFrom === null ? '' : `更早的记录已按保存期限删除：${logFrom} 之前没有数据。\n`}
内容
${lines(inChinese)}
${hasViewer ? LOOK.zh : ''}
核对（任选其一）
  打开站点的 /verify 页面，选择证据包和公钥：在浏览器内完成，不上传。
  npm run --silent verify -- 证据包.zip --key 站点公钥.pub
    结果 0：完整，且由该站点签名；1：指出第一处不同；3：完整，但未给出公钥，签名者未知。
  不用我们的程序，在解压后的文件夹中：
    sha256sum -c SHA256SUMS
    base64 -d manifest.sig > signature
    openssl pkeyutl -verify -pubin -inkey 站点公钥.pub -rawin -in manifest.json -sigfile signature
  再对照 manifest.json 中 parts 所列的 SHA-256。

--------------------------------------------------------------------------------

This is a stretch of a community's record, from ${from} to ${to} (UTC), made at ${madeAt}.
Purpose: ${reason}
${people ? 'It holds records of residents and workers: keep it as sensitive personal information.' : 'It holds no records of residents or workers.'}
${logFrom === null ? '' : `What is older was deleted when its time was over: there is nothing before ${logFrom}.\n`}
What is in it
${lines(inEnglish)}
${hasViewer ? LOOK.en : ''}
To check it, in one of three ways
  The page /verify of the site: choose the bundle and the key. It is done in the browser; nothing is uploaded.
  npm run --silent verify -- bundle.zip --key site.pub
    Exit 0: whole, and signed by that site; 1: the first difference is named; 3: whole, signer unknown (no key was given).
  Without any program of ours, in the unpacked folder:
    sha256sum -c SHA256SUMS
    base64 -d manifest.sig > signature
    openssl pkeyutl -verify -pubin -inkey site-had-from-the-site.pub -rawin -in manifest.json -sigfile signature
  and compare the SHA-256 of each file with "parts" of manifest.json.

Each chunk's link is SHA-256(previous || header || SHA-256 of each class), so that classes can be left out and the chain still holds.
`
}
