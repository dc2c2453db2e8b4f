/**
 * The contract of the ERP, as it is delivered with the system. It comes with the connector because the document that a
 * system serves names an inner host, and its imports would be fetched from wherever they point.
 */
export const ERP_WSDL = `<?xml version="1.0" encoding="UTF-8"?>
<!-- Document/literal wrapped, SOAP 1.1. Element order is significant. -->
<wsdl:definitions name="LegacyErp" targetNamespace="urn:acme:erp:v1"
  xmlns:tns="urn:acme:erp:v1" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<wsdl:types>
<xs:schema targetNamespace="urn:acme:erp:v1" elementFormDefault="qualified">
  <xs:simpleType name="Money"><xs:restriction base="xs:decimal"><xs:fractionDigits value="4"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="YesNo"><xs:restriction base="xs:string"><xs:enumeration value="Y"/><xs:enumeration value="N"/></xs:restriction></xs:simpleType>
  <xs:complexType name="AddressType"><xs:sequence>
    <xs:element name="Line1" type="xs:string" minOccurs="0"/><xs:element name="Line2" type="xs:string" minOccurs="0"/>
    <xs:element name="City" type="xs:string" minOccurs="0"/><xs:element name="Region" type="xs:string" minOccurs="0"/>
    <xs:element name="PostCode" type="xs:string" minOccurs="0"/><xs:element name="CountryCode" type="xs:string" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="CustomerType"><xs:sequence>
    <xs:element name="CustNo" type="xs:string" minOccurs="0"/>
    <xs:element name="ExtRef" type="xs:string" minOccurs="0"/>
    <xs:element name="Name" type="xs:string"/>
    <xs:element name="ContactName" type="xs:string" minOccurs="0" nillable="true"/>
    <xs:element name="Email" type="xs:string" minOccurs="0" nillable="true"/>
    <xs:element name="Phone" type="xs:string" minOccurs="0" nillable="true"/>
    <xs:element name="TaxNo" type="xs:string" minOccurs="0" nillable="true"/>
    <xs:element name="Currency" type="xs:string" minOccurs="0"/>
    <xs:element name="CreditLimit" type="tns:Money" minOccurs="0" nillable="true"/>
    <xs:element name="TermsDays" type="xs:int" minOccurs="0"/>
    <xs:element name="Blocked" type="tns:YesNo" minOccurs="0"/>
    <xs:element name="Address" type="tns:AddressType" minOccurs="0"/>
    <xs:element name="RowVersion" type="xs:long" minOccurs="0"/>
    <xs:element name="ModifiedOn" type="xs:dateTime" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="InvoiceLineType"><xs:sequence>
    <xs:element name="LineNo" type="xs:int"/><xs:element name="ItemCode" type="xs:string" minOccurs="0"/>
    <xs:element name="Description" type="xs:string" minOccurs="0"/><xs:element name="Qty" type="xs:decimal"/>
    <xs:element name="UnitPrice" type="tns:Money"/><xs:element name="TaxCode" type="xs:string" minOccurs="0"/>
    <xs:element name="LineAmount" type="tns:Money"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="InvoiceType"><xs:sequence>
    <xs:element name="InvoiceNo" type="xs:string" minOccurs="0"/><xs:element name="ExtRef" type="xs:string" minOccurs="0"/>
    <xs:element name="CustNo" type="xs:string"/><xs:element name="InvDate" type="xs:date"/>
    <xs:element name="DueDate" type="xs:date" minOccurs="0"/><xs:element name="Currency" type="xs:string"/>
    <xs:element name="Total" type="tns:Money"/><xs:element name="OpenAmount" type="tns:Money" minOccurs="0"/>
    <xs:element name="Status" type="xs:string" minOccurs="0"/><xs:element name="PoNumber" type="xs:string" minOccurs="0"/>
    <xs:element name="Lines"><xs:complexType><xs:sequence><xs:element name="Line" type="tns:InvoiceLineType" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="RowVersion" type="xs:long" minOccurs="0"/><xs:element name="ModifiedOn" type="xs:dateTime" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="PaymentType"><xs:sequence>
    <xs:element name="PaymentNo" type="xs:string" minOccurs="0"/><xs:element name="ExtRef" type="xs:string" minOccurs="0"/>
    <xs:element name="CustNo" type="xs:string"/><xs:element name="PayDate" type="xs:date"/>
    <xs:element name="Currency" type="xs:string"/><xs:element name="Amount" type="tns:Money"/>
    <xs:element name="Method" type="xs:string" minOccurs="0"/>
    <xs:element name="Allocations"><xs:complexType><xs:sequence><xs:element name="Allocation" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:element name="InvoiceNo" type="xs:string"/><xs:element name="Amount" type="tns:Money"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
    <xs:element name="RowVersion" type="xs:long" minOccurs="0"/><xs:element name="ModifiedOn" type="xs:dateTime" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="DeletedType"><xs:sequence><xs:element name="EntityType" type="xs:string"/><xs:element name="Key" type="xs:string"/><xs:element name="DeletedOn" type="xs:dateTime"/></xs:sequence></xs:complexType>
  <xs:complexType name="ResultType"><xs:sequence><xs:element name="Key" type="xs:string" minOccurs="0"/><xs:element name="Action" type="xs:string"/><xs:element name="RowVersion" type="xs:long" minOccurs="0"/></xs:sequence></xs:complexType>
  <xs:element name="GetChangesSinceRequest"><xs:complexType><xs:sequence>
    <xs:element name="EntityType" type="xs:string"/><xs:element name="Since" type="xs:dateTime" minOccurs="0"/>
    <xs:element name="Cursor" type="xs:string" minOccurs="0"/><xs:element name="MaxRows" type="xs:int" minOccurs="0"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="GetChangesSinceResponse"><xs:complexType><xs:sequence>
    <xs:element name="Customer" type="tns:CustomerType" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="Invoice" type="tns:InvoiceType" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="Payment" type="tns:PaymentType" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="Deleted" type="tns:DeletedType" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="NextCursor" type="xs:string" minOccurs="0"/><xs:element name="HasMore" type="xs:boolean"/>
    <xs:element name="ServerTime" type="xs:dateTime"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="GetCustomerRequest"><xs:complexType><xs:sequence><xs:element name="CustNo" type="xs:string" minOccurs="0"/><xs:element name="ExtRef" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="GetCustomerResponse"><xs:complexType><xs:sequence><xs:element name="Customer" type="tns:CustomerType" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="GetInvoiceRequest"><xs:complexType><xs:sequence><xs:element name="InvoiceNo" type="xs:string" minOccurs="0"/><xs:element name="ExtRef" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="GetInvoiceResponse"><xs:complexType><xs:sequence><xs:element name="Invoice" type="tns:InvoiceType" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="UpsertCustomerRequest"><xs:complexType><xs:sequence><xs:element name="MessageId" type="xs:string"/><xs:element name="ExpectedRowVersion" type="xs:long" minOccurs="0"/><xs:element name="Customer" type="tns:CustomerType"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="UpsertCustomerResponse"><xs:complexType><xs:sequence><xs:element name="Result" type="tns:ResultType"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="UpsertInvoiceRequest"><xs:complexType><xs:sequence><xs:element name="MessageId" type="xs:string"/><xs:element name="ExpectedRowVersion" type="xs:long" minOccurs="0"/><xs:element name="Invoice" type="tns:InvoiceType"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="UpsertInvoiceResponse"><xs:complexType><xs:sequence><xs:element name="Result" type="tns:ResultType"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="PostPaymentRequest"><xs:complexType><xs:sequence><xs:element name="MessageId" type="xs:string"/><xs:element name="Payment" type="tns:PaymentType"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="PostPaymentResponse"><xs:complexType><xs:sequence><xs:element name="Result" type="tns:ResultType"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="PingRequest"><xs:complexType><xs:sequence/></xs:complexType></xs:element>
  <xs:element name="PingResponse"><xs:complexType><xs:sequence><xs:element name="ServerTime" type="xs:dateTime"/><xs:element name="Version" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="ErpFault"><xs:complexType><xs:sequence><xs:element name="Code" type="xs:string"/><xs:element name="Message" type="xs:string"/><xs:element name="Field" type="xs:string" minOccurs="0"/><xs:element name="Retryable" type="xs:boolean"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>
</wsdl:types>
<wsdl:message name="PingIn"><wsdl:part name="parameters" element="tns:PingRequest"/></wsdl:message>
<wsdl:message name="PingOut"><wsdl:part name="parameters" element="tns:PingResponse"/></wsdl:message>
<wsdl:message name="GetChangesSinceIn"><wsdl:part name="parameters" element="tns:GetChangesSinceRequest"/></wsdl:message>
<wsdl:message name="GetChangesSinceOut"><wsdl:part name="parameters" element="tns:GetChangesSinceResponse"/></wsdl:message>
<wsdl:message name="GetCustomerIn"><wsdl:part name="parameters" element="tns:GetCustomerRequest"/></wsdl:message>
<wsdl:message name="GetCustomerOut"><wsdl:part name="parameters" element="tns:GetCustomerResponse"/></wsdl:message>
<wsdl:message name="GetInvoiceIn"><wsdl:part name="parameters" element="tns:GetInvoiceRequest"/></wsdl:message>
<wsdl:message name="GetInvoiceOut"><wsdl:part name="parameters" element="tns:GetInvoiceResponse"/></wsdl:message>
<wsdl:message name="UpsertCustomerIn"><wsdl:part name="parameters" element="tns:UpsertCustomerRequest"/></wsdl:message>
<wsdl:message name="UpsertCustomerOut"><wsdl:part name="parameters" element="tns:UpsertCustomerResponse"/></wsdl:message>
<wsdl:message name="UpsertInvoiceIn"><wsdl:part name="parameters" element="tns:UpsertInvoiceRequest"/></wsdl:message>
<wsdl:message name="UpsertInvoiceOut"><wsdl:part name="parameters" element="tns:UpsertInvoiceResponse"/></wsdl:message>
<wsdl:message name="PostPaymentIn"><wsdl:part name="parameters" element="tns:PostPaymentRequest"/></wsdl:message>
<wsdl:message name="PostPaymentOut"><wsdl:part name="parameters" element="tns:PostPaymentResponse"/></wsdl:message>
<wsdl:message name="ErpFaultMsg"><wsdl:part name="fault" element="tns:ErpFault"/></wsdl:message>
<wsdl:portType name="ErpPort">
<wsdl:operation name="Ping"><wsdl:input message="tns:PingIn"/><wsdl:output message="tns:PingOut"/><wsdl:fault name="ErpFault" message="tns:ErpFaultMsg"/></wsdl:operation>
<wsdl:operation name="GetChangesSince"><wsdl:input message="tns:GetChangesSinceIn"/><wsdl:output message="tns:GetChangesSinceOut"/><wsdl:fault name="ErpFault" message="tns:ErpFaultMsg"/></wsdl:operation>
<wsdl:operation name="GetCustomer"><wsdl:input message="tns:GetCustomerIn"/><wsdl:output message="tns:GetCustomerOut"/><wsdl:fault name="ErpFault" message="tns:ErpFaultMsg"/></wsdl:operation>
<wsdl:operation name="GetInvoice"><wsdl:input message="tns:GetInvoiceIn"/><wsdl:output message="tns:GetInvoiceOut"/><wsdl:fault name="ErpFault" message="tns:ErpFaultMsg"/></wsdl:operation>
<wsdl:operation name="UpsertCustomer"><wsdl:input message="tns:UpsertCustomerIn"/><wsdl:output message="tns:UpsertCustomerOut"/><wsdl:fault name="ErpFault" message="tns:ErpFaultMsg"/></wsdl:operation>
<wsdl:operation name="UpsertInvoice"><wsdl:input message="tns:UpsertInvoiceIn"/><wsdl:output message="tns:UpsertInvoiceOut"/><wsdl:fault name="ErpFault" message="tns:ErpFaultMsg"/></wsdl:operation>
<wsdl:operation name="PostPayment"><wsdl:input message="tns:PostPaymentIn"/><wsdl:output message="tns:PostPaymentOut"/><wsdl:fault name="ErpFault" message="tns:ErpFaultMsg"/></wsdl:operation>
</wsdl:portType>
<wsdl:binding name="ErpBinding" type="tns:ErpPort"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
<wsdl:operation name="Ping"><soap:operation soapAction="urn:acme:erp:v1/Ping"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output><wsdl:fault name="ErpFault"><soap:fault name="ErpFault" use="literal"/></wsdl:fault></wsdl:operation>
<wsdl:operation name="GetChangesSince"><soap:operation soapAction="urn:acme:erp:v1/GetChangesSince"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output><wsdl:fault name="ErpFault"><soap:fault name="ErpFault" use="literal"/></wsdl:fault></wsdl:operation>
<wsdl:operation name="GetCustomer"><soap:operation soapAction="urn:acme:erp:v1/GetCustomer"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output><wsdl:fault name="ErpFault"><soap:fault name="ErpFault" use="literal"/></wsdl:fault></wsdl:operation>
<wsdl:operation name="GetInvoice"><soap:operation soapAction="urn:acme:erp:v1/GetInvoice"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output><wsdl:fault name="ErpFault"><soap:fault name="ErpFault" use="literal"/></wsdl:fault></wsdl:operation>
<wsdl:operation name="UpsertCustomer"><soap:operation soapAction="urn:acme:erp:v1/UpsertCustomer"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output><wsdl:fault name="ErpFault"><soap:fault name="ErpFault" use="literal"/></wsdl:fault></wsdl:operation>
<wsdl:operation name="UpsertInvoice"><soap:operation soapAction="urn:acme:erp:v1/UpsertInvoice"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output><wsdl:fault name="ErpFault"><soap:fault name="ErpFault" use="literal"/></wsdl:fault></wsdl:operation>
<wsdl:operation name="PostPayment"><soap:operation soapAction="urn:acme:erp:v1/PostPayment"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output><wsdl:fault name="ErpFault"><soap:fault name="ErpFault" use="literal"/></wsdl:fault></wsdl:operation>
</wsdl:binding>
<wsdl:service name="ErpService"><wsdl:port name="ErpPort" binding="tns:ErpBinding"><soap:address location="http://erp.internal.example:8080/erp"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`;
