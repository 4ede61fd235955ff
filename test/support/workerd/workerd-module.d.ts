/** The package has no types of its own: it exports where its program is. */
declare module "workerd" {
  const path: string;
  export default path;
}
