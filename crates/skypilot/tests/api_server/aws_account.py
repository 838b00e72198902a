"""Makes of moto's empty AWS account one in which SkyPilot can launch in us-east-1: moto's default network has no way
out, and moto is stricter about policies than AWS, so the role is there before SkyPilot would make it. Everywhere else
a launch finds no network, which SkyPilot takes for a lack of capacity."""

import json
import sys

import boto3

ROLE = "skypilot-v1"


def client(service):
    return boto3.client(
        service,
        endpoint_url=sys.argv[1],
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


ec2, iam = client("ec2"), client("iam")
network = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network)
routes = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [network]}])["RouteTables"][0]
ec2.create_route(
    RouteTableId=routes["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
)
trust = {"Version": "2012-10-17", "Statement": []}
iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))
iam.create_instance_profile(InstanceProfileName=ROLE)
iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)
