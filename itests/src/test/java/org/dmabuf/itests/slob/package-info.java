/** A bundle that does not tidy up; the tests put it into a jar of its own. */
package org.dmabuf.itests.slob;
