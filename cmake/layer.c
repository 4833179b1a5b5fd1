/* The program that caifs_layer() links with all of a layer. Never run. */

int main(void)
{
	return 0;
}
