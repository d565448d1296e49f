// Creates a dataset of users, imports into it, and prints what it found as JSON. The argument is JSON, too.
import {
  CreateDatasetCommand,
  CreateDatasetGroupCommand,
  CreateDatasetImportJobCommand,
  CreateSchemaCommand,
  DeleteSchemaCommand,
  DescribeDatasetCommand,
  DescribeDatasetGroupCommand,
  DescribeDatasetImportJobCommand,
  DescribeSchemaCommand,
  PersonalizeClient,
  ResourceAlreadyExistsException,
  ResourceInUseException,
  ResourceNotFoundException,
  paginateListDatasetImportJobs,
} from "@aws-sdk/client-personalize";
import { setTimeout } from "node:timers/promises";

const { name, schema, location, role } = JSON.parse(process.argv[2]);
const client = new PersonalizeClient({});

async function active(describe) {
  for (;;) {
    const { status, failureReason } = await describe();
    if (status === "ACTIVE") return status;
    if (status.endsWith("FAILED")) throw new Error(failureReason);
    await setTimeout(50);
  }
}

async function errorOf(command, type) {
  try {
    await client.send(command);
  } catch (error) {
    if (error instanceof type) return [error.name, error.$metadata.attempts];
    throw error;
  }
  throw new Error(`there was no ${type.name}`);
}

const { schemaArn } = await client.send(new CreateSchemaCommand({ name, schema }));
const { datasetGroupArn } = await client.send(new CreateDatasetGroupCommand({ name }));
await active(async () => (await client.send(new DescribeDatasetGroupCommand({ datasetGroupArn }))).datasetGroup);
const { datasetArn } = await client.send(
  new CreateDatasetCommand({ name, datasetGroupArn, schemaArn, datasetType: "Users" }),
);
await active(async () => (await client.send(new DescribeDatasetCommand({ datasetArn }))).dataset);
const { datasetImportJobArn } = await client.send(
  new CreateDatasetImportJobCommand({
    jobName: name,
    datasetArn,
    dataSource: { dataLocation: location },
    roleArn: role,
  }),
);
const describeJob = new DescribeDatasetImportJobCommand({ datasetImportJobArn });
const status = await active(async () => (await client.send(describeJob)).datasetImportJob);

const jobs = [];
for await (const page of paginateListDatasetImportJobs({ client, pageSize: 1 }, { datasetArn })) {
  jobs.push(...page.datasetImportJobs.map((job) => job.jobName));
}
const errors = {
  existing: await errorOf(new CreateSchemaCommand({ name, schema }), ResourceAlreadyExistsException),
  missing: await errorOf(new DescribeSchemaCommand({ schemaArn: `${schemaArn}-none` }), ResourceNotFoundException),
  used: await errorOf(new DeleteSchemaCommand({ schemaArn }), ResourceInUseException),
};
process.stdout.write(JSON.stringify({ status, jobs, errors, datasetArn }));
