import { useState, type ReactElement } from 'react'
import { z } from 'zod'

import { parseInstant } from '../../../shared/domain/field.ts'
import { ROLES, type Role } from '../../../shared/domain/roles.ts'
import { doneSchema, request } from '../../api/request.ts'
import { adminText } from '../../i18n/admin-texts.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { AddForm, Field, SureButton, textIn } from './parts.tsx'
import { outcomeText, useList } from './use-list.ts'

const schema = z.object({
  users: z.array(
    z.object({ id: z.string(), username: z.string(), role: z.enum(ROLES), disabled: z.boolean(), createdAt: z.string() }),
  ),
})
/** Walls are paired, not signed in. */
const GIVEN_ROLES = ROLES.filter((role): role is Exclude<Role, 'wall'> => role !== 'wall')

/** Accounts are seats, not people. */
export function UsersSection(): ReactElement {
  const { language } = useTexts()
  const { value, failed, reload } = useList('/api/users', schema)
  const [said, setSaid] = useState('')
  const change = async (id: string, body: { role?: Role; disabled?: boolean } | null): Promise<void> => {
    const path = `/api/users/${encodeURIComponent(id)}`
    const answer = body === null ? await request('DELETE', path, doneSchema) : await request('PATCH', path, doneSchema, { body })
    setSaid(outcomeText(answer, language))
    reload()
  }
  const add = async (fields: FormData): Promise<boolean> => {
    const body = { username: textIn(fields, 'username'), password: fields.get('password'), role: textIn(fields, 'role') }
    const answer = await request('POST', '/api/users', doneSchema, { body })
    setSaid(outcomeText(answer, language))
    reload()
    return answer.ok
  }
  return (
    <section className="admin-section">
      <h2>{adminText(language, 'users')}</h2>
      {failed ? <p className="admin-warning">{adminText(language, 'failed')}</p> : null}
      <table>
        <thead>
          <tr>
            <th>{adminText(language, 'username')}</th>
            <th>{adminText(language, 'role')}</th>
            <th>{adminText(language, 'created')}</th>
            <th>{adminText(language, 'state')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {(value?.users ?? []).map(({ id, username, role, disabled, createdAt }) => (
            <tr key={id} data-off={disabled}>
              <td>{username}</td>
              <td>
                {role === 'wall' ? (
                  adminText(language, 'role.wall')
                ) : (
                  <select
                    value={role}
                    aria-label={adminText(language, 'role')}
                    onChange={(event) => void change(id, { role: event.target.value as Role })}
                  >
                    {GIVEN_ROLES.map((each) => (
                      <option key={each} value={each}>
                        {adminText(language, `role.${each}`)}
                      </option>
                    ))}
                  </select>
                )}
              </td>
              <td className="digits">{dayAndTime(parseInstant(createdAt) ?? 0, language)}</td>
              <td>{adminText(language, disabled ? 'disabled' : 'enabled')}</td>
              <td>
                <button type="button" onClick={() => void change(id, { disabled: !disabled })}>
                  {adminText(language, disabled ? 'enable' : 'disable')}
                </button>
                <SureButton label={adminText(language, 'remove')} onSure={() => void change(id, null)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <AddForm onAdd={add} said={said}>
        <Field label={adminText(language, 'username')} name="username" />
        <Field label={adminText(language, 'password')} name="password" type="password" minLength={10} />
        <label>
          {adminText(language, 'role')}
          <select name="role">
            {GIVEN_ROLES.map((role) => (
              <option key={role} value={role}>
                {adminText(language, `role.${role}`)}
              </option>
            ))}
          </select>
        </label>
      </AddForm>
    </section>
  )
}
