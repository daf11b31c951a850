import { choice, flag, position, text, type FieldsOf, type FieldSpecs } from './field.ts'

export const MERCHANT_SAFETY = ['ok', 'due', 'hazard'] as const

/** 商户/企业. `category` is a GB/T 4754-2017 class code such as `F5211` or `6210`. */
export const merchantFields = {
  name: text(60),
  category: text(16, { nullable: true }),
  position: position(),
  open: flag({ nullable: true, live: true }),
  safety: choice(MERCHANT_SAFETY, { nullable: true, live: true }),
  pointsPartner: flag({ nullable: true }),
} satisfies FieldSpecs

export type Merchant = FieldsOf<typeof merchantFields>
