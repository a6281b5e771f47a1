/** Tests of the product's bundles in a running framework. */
package org.dmabuf.itests;
