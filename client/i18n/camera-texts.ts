import type { Language } from './language.ts'

interface Pair {
  readonly zh: string
  readonly en: string
}
const pair = (zh: string, en: string): Pair => ({ zh, en })

/** Texts of the camera wall and its tours. */
const CAMERA_TEXTS = {
  open: pair('视频', 'Cameras'),
  title: pair('视频墙', 'Camera wall'),
  all: pair('全部摄像头', 'All cameras'),
  layout: pair('分屏', 'Layout'),
  tour: pair('轮巡', 'Tour'),
  dwell: pair('每页秒数', 'Seconds a page'),
  next: pair('{seconds} 秒后换页', 'next page in {seconds} s'),
  still: pair('不换页', 'one page'),
  pause: pair('暂停', 'Pause'),
  resume: pair('继续', 'Go on'),
  pin: pair('固定', 'Pin'),
  unpin: pair('取消固定', 'Unpin'),
  edit: pair('编辑轮巡', 'Edit tour'),
  name: pair('名称', 'Name'),
  chosen: pair('轮巡顺序', 'In order'),
  choose: pair('加入摄像头', 'Add a camera'),
  up: pair('上移', 'Up'),
  remove: pair('移除', 'Remove'),
  save: pair('保存轮巡', 'Save tour'),
  saveNew: pair('另存为新轮巡', 'Save as a new tour'),
  delete: pair('删除轮巡', 'Delete tour'),
  sure: pair('再按一次删除', 'Press again to delete'),
  saved: pair('已保存', 'Saved'),
  failed: pair('未能保存', 'Not saved'),
  empty: pair('没有可显示的摄像头', 'No camera to show'),
  none: pair('空', 'Empty'),
  close: pair('关闭', 'Close'),
} as const satisfies Record<string, Pair>

/** A text of the camera wall; `{name}` in it is replaced by `values.name`. */
export function cameraText(
  language: Language,
  key: keyof typeof CAMERA_TEXTS,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return CAMERA_TEXTS[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
