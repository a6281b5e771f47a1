/** Tests of the command as people run it, and of each number of its report by a planted fault. */
package org.dmabuf.acceptance;
