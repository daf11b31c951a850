import { z } from 'zod'

/** What a past case is made of. `position` is one column with both coordinates. Free text and addresses are never taken. */
export const IMPORT_FIELDS = ['id', 'time', 'category', 'lng', 'lat', 'position', 'source'] as const
export type ImportField = (typeof IMPORT_FIELDS)[number]

export const COORDINATE_SYSTEMS = ['WGS84', 'GCJ02', 'BD09'] as const
export type CoordinateSystem = (typeof COORDINATE_SYSTEMS)[number]

/** How dates are written; `auto` accepts every form that cannot be misread (year first, Chinese, serial, epoch). */
export const DATE_FORMS = ['auto', 'mdy', 'dmy'] as const
export type DateForm = (typeof DATE_FORMS)[number]

const heading = z.string().min(1).max(200).nullable()

/** Remembered answers to "which column is what", so that the same office's file is mapped by itself next time. */
export const importProfileSchema = z.object({
  columns: z.object({
    id: heading,
    time: heading,
    category: heading,
    lng: heading,
    lat: heading,
    position: heading,
    source: heading,
  }),
  coordinateSystem: z.enum(COORDINATE_SYSTEMS),
  dateForm: z.enum(DATE_FORMS),
})
export type ImportProfile = z.infer<typeof importProfileSchema>

/** Headings by field, normalised, most telling first. Chinese ones follow city-management and 12345 exports. */
const SYNONYMS: Readonly<Record<ImportField, readonly string[]>> = {
  id: [
    '案件编号',
    '工单编号',
    '事件编号',
    '任务号',
    '工单号',
    '案卷编号',
    '编号',
    'servicerequestnum',
    'srrecordid',
    'requestid',
    'caseid',
    'caseno',
    'casenumber',
    'incidentid',
    'uniquekey',
    'id',
  ],
  time: [
    '上报时间',
    '发生时间',
    '受理时间',
    '案发时间',
    '事发时间',
    '立案时间',
    '登记时间',
    '创建时间',
    '日期',
    '时间',
    'createddate',
    'createdat',
    'opened',
    'openeddate',
    'reportedat',
    'reporteddate',
    'occurredat',
    'incidentdate',
    'datetime',
    'timestamp',
    'date',
    'time',
  ],
  category: [
    '问题类型',
    '事件类型',
    '案件类型',
    '案件小类',
    '小类名称',
    '小类',
    '类别',
    '类型',
    '诉求类型',
    'srtype',
    'category',
    'categorycode',
    'complainttype',
    'requesttype',
    'incidenttype',
    'casetype',
    'offense',
    'type',
  ],
  lng: ['经度', '坐标经度', 'x坐标', '坐标x', 'longitude', 'lng', 'lon', 'long', 'x'],
  lat: ['纬度', '坐标纬度', 'y坐标', '坐标y', 'latitude', 'lat', 'y'],
  position: ['坐标', '位置坐标', '经纬度', '地理坐标', 'geolocation', 'coordinates', 'latlng', 'location1', 'point'],
  source: ['来源', '问题来源', '案件来源', '上报渠道', '受理渠道', '渠道', 'methodreceived', 'source', 'channel', 'origin'],
}

/** A heading as it is compared: width, case, spaces, underscores, brackets with their content, and marks do not matter. */
export function normalisedHeading(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[([{][^)\]}]*[)\]}]/g, '')
    .replaceAll(/[\s_\-./:*#°]+/g, '')
}

/** Key of a file's shape: the same headings in any order find the same remembered profile. */
export function headingSignature(headings: readonly string[]): string {
  return headings
    .map(normalisedHeading)
    .filter((text) => text !== '')
    .sort()
    .join('|')
}

/** Guesses the profile from the headings: each field takes its most telling heading that no other field has. */
export function guessProfile(headings: readonly string[]): ImportProfile {
  const normalised = headings.map(normalisedHeading)
  const taken = new Set<number>()
  const find = (field: ImportField): string | null => {
    for (const synonym of SYNONYMS[field]) {
      const at = normalised.findIndex((text, i) => text === synonym && !taken.has(i))
      if (at >= 0) {
        taken.add(at)
        return headings[at] ?? null
      }
    }
    return null
  }
  const columns = {
    id: find('id'),
    time: find('time'),
    category: find('category'),
    lng: find('lng'),
    lat: find('lat'),
    position: find('position'),
    source: find('source'),
  }
  if (columns.lng !== null && columns.lat !== null) columns.position = null
  return { columns, coordinateSystem: 'WGS84', dateForm: 'auto' }
}

/** What a profile lacks for these headings: fields that are needed, or headings that the file does not have. */
export function profileProblems(profile: ImportProfile, headings: readonly string[]): string[] {
  const { columns } = profile
  const problems: string[] = []
  if (columns.time === null) problems.push('time')
  if (columns.position === null && (columns.lng === null || columns.lat === null)) problems.push('position')
  for (const field of IMPORT_FIELDS) {
    const wanted = columns[field]
    if (wanted !== null && !headings.includes(wanted)) problems.push(field)
  }
  return [...new Set(problems)]
}
