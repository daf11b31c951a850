import type { Category } from '../../shared/site/site.ts'

type Row = readonly [code: string, name: string, nameEn: string, unit: Category['unit'], limit: number]

const GROUPS: readonly (readonly [group: string, groupEn: string, kind: Category['kind'], rows: readonly Row[]])[] = [
  [
    '爱心驿站',
    'Warming stations',
    'event',
    [
      ['ST01', '驿站未按时开放', 'Station not open on time', 'workingHours', 2],
      ['ST02', '驿站设施缺失', 'Station facilities missing', 'workingDays', 1],
      ['ST03', '驿站无人值守', 'Station without staff', 'workingDays', 1],
      ['ST04', '驿站周边脏乱', 'Dirt within 5 m of a station', 'workingDays', 1],
      ['ST05', '驿站标识错误', 'Station sign wrong', 'workingDays', 1],
      ['ST06', '驿站设施损坏', 'Station facilities damaged', 'workingDays', 3],
    ],
  ],
  [
    '公共安全',
    'Public safety',
    'event',
    [
      ['PS01', '消防通道占用', 'Fire lane occupied', 'urgentHours', 2],
      ['PS02', '飞线充电', 'E-bike charged by a flying wire', 'workingHours', 4],
      ['PS03', '电动车进楼', 'E-bike taken indoors', 'urgentHours', 2],
      ['PS04', '高空抛物', 'Object thrown from a height', 'urgentHours', 4],
    ],
  ],
  [
    '市容环境',
    'Street and surroundings',
    'event',
    [
      ['EN01', '积存垃圾渣土', 'Rubbish or rubble left', 'workingDays', 1],
      ['EN02', '垃圾箱满溢', 'Bin overflowing', 'workingHours', 4],
      ['EN03', '毁绿种菜', 'Green space dug for vegetables', 'workingDays', 5],
      ['EN04', '楼道杂物堆放', 'Clutter on stairs', 'workingDays', 1],
      ['EN05', '无照游商', 'Unlicensed vendor', 'workingHours', 2],
      ['EN06', '非法小广告', 'Illegal flyer', 'workingDays', 1],
    ],
  ],
  [
    '交通秩序',
    'Traffic and parking',
    'event',
    [
      ['TR01', '机动车乱停放', 'Car parked wrongly', 'workingHours', 2],
      ['TR02', '非机动车乱停放', 'Bicycles parked wrongly', 'workingHours', 4],
    ],
  ],
  [
    '设施故障',
    'Facility faults',
    'component',
    [
      ['FC01', '井盖缺失移位', 'Manhole cover missing or shifted', 'urgentHours', 4],
      ['FC02', '路灯不亮', 'Street light out', 'workingDays', 2],
      ['FC03', '道路破损', 'Road damaged', 'workingDays', 5],
      ['FC04', '线缆散乱', 'Messy cables', 'workingDays', 3],
      ['FC05', '管道堵塞漏水', 'Pipe blocked or leaking', 'workingDays', 1],
      ['FC06', '健身设施损坏', 'Exercise equipment damaged', 'workingDays', 3],
    ],
  ],
  [
    '矛盾纠纷',
    'Disputes',
    'event',
    [
      ['DP01', '邻里纠纷', 'Dispute between neighbours', 'calendarDays', 3],
      ['DP02', '噪声扰民', 'Noise', 'workingHours', 4],
    ],
  ],
]

/** The small category table that a site begins with, after the published practice of city management; an operator loads the official lists. */
export const DEFAULT_CATEGORIES: readonly Category[] = GROUPS.flatMap(([group, groupEn, kind, rows]) =>
  rows.map(([code, name, nameEn, unit, limit]) => ({ standard: 'local', kind, code, group, groupEn, name, nameEn, unit, limit })),
)
