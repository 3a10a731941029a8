-- Grain: one row id whose table row differs from the fold of its audit entries. Parameter: name; identifier: table.
WITH ordered AS (
    SELECT row_id, op, body, id FROM common_auditentry WHERE table_name = %(name)s
), last_insert AS (
    SELECT row_id, max(id) FILTER (WHERE op = 'INSERT') AS born, max(id) FILTER (WHERE op = 'DELETE') AS died
      FROM ordered GROUP BY row_id
), alive AS (
    SELECT row_id, born FROM last_insert WHERE died IS NULL OR died < born
), cells AS (
    SELECT DISTINCT ON (o.row_id, cell.key) o.row_id, cell.key, cell.value
      FROM alive a JOIN ordered o ON o.row_id = a.row_id AND o.id >= a.born
      CROSS JOIN LATERAL jsonb_each(o.body) AS cell
     WHERE o.op <> 'DELETE'
     ORDER BY o.row_id, cell.key, o.id DESC
), folded AS (
    SELECT row_id, jsonb_object_agg(key, value) AS row FROM cells GROUP BY row_id
)
SELECT coalesce(f.row_id, t.id),
       CASE WHEN t.id IS NULL THEN 'the row is gone but the trail knows no deletion'
            WHEN f.row_id IS NULL THEN 'the row exists but the trail never saw it'
            ELSE 'the row differs from its trail' END
  FROM folded f FULL JOIN {table} t ON t.id = f.row_id
 WHERE f.row_id IS NULL OR t.id IS NULL OR to_jsonb(t) IS DISTINCT FROM f.row
 LIMIT 100
