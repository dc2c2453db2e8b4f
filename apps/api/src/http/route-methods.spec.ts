import fastify from 'fastify';
import { rememberMethods } from './route-methods';

const served = () => Promise.resolve('');

describe('the methods of a path', () => {
  it('are those of all routes that it fits, parameter by parameter and the rest letter by letter', () => {
    const app = fastify({ exposeHeadRoutes: false });
    const methodsOf = rememberMethods(app);
    app.get('/v1/things/:id', served);
    app.delete('/v1/things/:id', served);
    app.post('/v1/things/new', served);
    app.get('/v1/things/:id.json/a+b', served);
    expect(methodsOf('/v1/things/1?x=/y')).toEqual(['DELETE', 'GET']);
    expect(methodsOf('/v1/things/new')).toEqual(['DELETE', 'GET', 'POST']);
    expect(methodsOf('/v1/things/1.json/a+b')).toEqual(['GET']);
    expect(methodsOf('/v1/things/1-json/a+b')).toEqual([]);
    expect(methodsOf('/v1/things/1.json/aab')).toEqual([]);
    expect(methodsOf('/v1/things')).toEqual([]);
    expect(methodsOf('/v1/things/1/2')).toEqual([]);
  });

  it.each(['/v1/*', '/v1/:id?', '/v1/:id(^\\d+$)', '/v1/a::b'])(
    'cannot be told of %s, which is no such path',
    (path) => {
      const app = fastify();
      rememberMethods(app);
      expect(() => app.get(path, served)).toThrow(path);
    },
  );
});
