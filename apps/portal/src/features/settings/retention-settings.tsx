import { getRetention, putRetention, type PutRetentionRequest } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeptForm } from '../../components/kept-form';
import { Loaded } from '../../components/loaded';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { RetentionForm } from './retention-form';

export function RetentionSettings() {
  const client = useQueryClient();
  const may = useMay();
  const query = useQuery({ queryKey: ['retention'], queryFn: () => answerOf(getRetention({})) });
  const save = useMutation({
    mutationFn: (body: PutRetentionRequest) => answerOf(putRetention({ body })),
    onSuccess: (data) => client.setQueryData(['retention'], data),
  });
  return (
    <Loaded query={query} height={360}>
      {(retention) => (
        <KeptForm value={retention}>
          {(begun) => (
            <RetentionForm
              retention={begun}
              mayChange={may('config:write')}
              isPending={save.isPending}
              isSaved={save.isSuccess}
              error={save.error}
              onSave={(body) => save.mutate(body)}
            />
          )}
        </KeptForm>
      )}
    </Loaded>
  );
}
